// htmx as this site's policy wants it: no inline styles, nothing evaluated, requests to this site only.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
