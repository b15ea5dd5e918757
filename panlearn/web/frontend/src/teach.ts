// A regrade's page looks again by itself; without this file the page reloads.
import "./htmx";
