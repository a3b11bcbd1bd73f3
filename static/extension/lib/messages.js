/** What the extension's parts say to each other. */

/**
 * @typedef {{type: "ticket", open: import("./types.js").OpenTicket | null}} TicketMessage page -> worker: what is
 * shown now
 * @typedef {{type: "read"}} ReadMessage worker -> page: say again what is shown; no listener means no helpdesk
 * @typedef {{type: "insert", text: string, key: string}} InsertMessage panel -> page: for the ticket with this key only
 * @typedef {{type: "retry", tabId: number}} RetryMessage panel -> worker
 * @typedef {{type: "ping"}} PingMessage panel -> worker: be awake, and take up what you left
 * @typedef {{type: "feedback", item: import("./types.js").Outgoing}} FeedbackMessage panel -> worker: events and orders
 * @typedef {{type: "spends", requestId: string}} SpendsMessage panel -> worker: where the delights of an answer stand
 * @typedef {{type: "budgets", agent: string}} BudgetsMessage panel -> worker: what is left to spend
 * @typedef {TicketMessage | ReadMessage | InsertMessage | RetryMessage | PingMessage | FeedbackMessage | SpendsMessage
 * | BudgetsMessage} Message
 */

export {};
