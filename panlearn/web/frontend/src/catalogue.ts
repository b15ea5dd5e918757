// The catalogue's filters answer at once; without this file the form's own button does.
import "./htmx";

const filters = document.querySelector<HTMLDetailsElement>(".facets > details");
if (filters && matchMedia("(max-width: 60rem)").matches && !filters.querySelector(":checked")) filters.open = false;
