// The catalogue's filters answer at once; without this file the form's own button does.
import htmx from "htmx.org";

// The site's policy forbids inline styles and evaluated scripts; htmx needs neither.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;

const filters = document.querySelector<HTMLDetailsElement>(".facets > details");
if (filters && matchMedia("(max-width: 60rem)").matches && !filters.querySelector(":checked")) filters.open = false;
