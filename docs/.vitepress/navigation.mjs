/** What the site's pages are and in which order they are read: a test compares it with what was built. */

/** A page as the sidebar names it. */
const page = (/** @type {string} */ text, /** @type {string} */ link) => ({ text, link });

/** The sidebar, by sections. */
export const sections = [
  {
    text: "Start",
    items: [
      page("Overview", "/"),
      page("The first event", "/start"),
      page("Concepts", "/concepts"),
    ],
  },
  {
    text: "Senders",
    items: [page("Providers", "/providers"), page("A sender of your own", "/custom-sender")],
  },
  {
    text: "Destinations",
    items: [
      page("Every kind", "/destinations"),
      page("The life of a delivery", "/deliveries"),
      page("Live clients", "/websocket"),
    ],
  },
  {
    text: "Recipes",
    items: [
      page("The five systems", "/recipes/systems"),
      page("Rotating a secret", "/recipes/rotation"),
      page("Ordering", "/recipes/ordering"),
      page("Going to production", "/recipes/production"),
    ],
  },
  {
    text: "Library",
    items: [page("Verify, and mount", "/library"), page("Handlers, written for you", "/handlers")],
  },
  {
    text: "Deploy",
    items: [
      page("One machine", "/recipes/production#one-machine"),
      page("Docker", "/recipes/production#docker"),
      page("AWS", "/aws"),
      page("Sample events for functions", "/samples/README"),
      page("Stripe to Salesforce", "/repository/stripe-to-salesforce"),
      page("Stripe customers", "/repository/stripe-customers"),
      page("Live payments", "/repository/live-payments"),
      page("Payments archive", "/repository/payments-archive"),
      page("Handlers on Lambda", "/repository/handlers-on-lambda"),
    ],
  },
  {
    text: "Reference",
    items: [
      page("Config", "/config"),
      page("Command line", "/cli"),
      page("Codes", "/errors"),
      page("What works, how fast", "/repository/readme"),
      page("Changes", "/repository/changelog"),
      page("Architecture", "/repository/architecture"),
      page("Contributing", "/repository/contributing"),
      page("Security", "/repository/security"),
    ],
  },
  { text: "Compare", items: [page("Other gateways", "/compare")] },
  { text: "Moving over", items: [page("From what you have", "/moving")] },
];
