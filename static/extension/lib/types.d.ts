/** The shapes that cross a border: the service's JSON, what a host module reads, what the panel shows. */

export interface Message {
  author: "customer" | "agent" | "system" | "note";
  text: string;
  name?: string;
  sent_at?: string;
}

/** The open ticket as a host module read it. `key` tells tickets apart across sites; it never reaches the service. */
export interface OpenTicket {
  key: string;
  ticket: {
    id: string;
    helpdesk: string;
    subject: string;
    channel: string;
    tags: string[];
    messages: Message[];
    order_ids: string[];
  };
  customer: { id?: string; email?: string; name?: string };
  /** Who is signed in at the helpdesk, if the page says so. */
  agent?: string;
}

export interface Evidence {
  type: string;
  id: string;
  line?: number | null;
}

export interface Signals {
  language?: string;
  intents?: { id: string; score: number; quote: string }[];
  needs?: { text: string; about?: string | null; quote: string }[];
  sentiment?: { label: string; score: number };
  occasions?: { id: string; quote: string }[];
  churn_risk?: { score: number; reasons: string[] };
}

export interface Customer {
  id: string | null;
  tier: string;
  lifetime_value: number | null;
  orders_count: number;
  summary: string;
  open_concerns: string[];
  currency?: string;
}

export interface SimilarCase {
  ticket_id: string;
  score: number;
  subject: string;
  excerpt: string;
  reply: string;
  resolution: { kind: string; sku?: string | null; code?: string | null; amount?: number | null } | null;
  outcome: {
    csat?: number | null;
    ces?: number | null;
    nps?: number | null;
    reopened?: boolean;
    kept_revenue?: number | null;
  } | null;
  tags: string[];
  why: string;
}

export interface Save {
  id: string;
  kind: string;
  replaces: string | null;
  sku: string | null;
  handle: string | null;
  title: string | null;
  variant: string | null;
  price: number | null;
  price_difference: number | null;
  code: string | null;
  headline: string;
  reason: string;
  score: number;
  evidence: Evidence[];
}

export interface CodeOffer {
  code: string;
  title: string;
  value: { type: string; amount: number };
  ends_at: string | null;
  reason: string;
  evidence: Evidence[];
}

export interface Draft {
  id: string;
  stance: string;
  language: string;
  text: string;
  gaps: { name: string; placeholder: string }[];
  evidence: Evidence[];
}

export interface Delight {
  id: string;
  occasion: string;
  gesture: string;
  note: string | null;
  cost: number | null;
  currency: string;
  budget: { scope: string; remaining: number } | null;
  quote: string;
  evidence: Evidence[];
}

/** What puts a failure right, in order. `follow_up_on` is the day to write again, YYYY-MM-DD. */
export interface Recovery {
  steps: string[];
  follow_up_on: string | null;
  evidence: Evidence[];
}

/** A tag that a playbook suggests and the ticket does not have yet. */
export interface SuggestedTag {
  id: string;
  evidence: Evidence[];
}

/** What the agent may do for this customer without asking anybody. */
export interface Permission {
  id: string;
  up_to: number;
  currency: string;
  evidence: Evidence[];
}

/** A message is named by its index in the ticket, from 0. */
export interface SummaryLine {
  text: string;
  evidence: { type: "message" | "order" | "ticket"; id: string }[];
}

export interface Answer {
  request_id: string;
  ticket_id: string | null;
  signals: Signals;
  customer: Customer | null;
  selling: { allowed: boolean; reasons: string[] };
  similar: SimilarCase[];
  saves: Save[];
  codes: CodeOffer[];
  drafts: Draft[];
  delights: Delight[];
  /** Null where there is nothing to put right. */
  recovery: Recovery | null;
  tags: SuggestedTag[];
  permissions: Permission[];
  warnings: { id: string; text: string }[];
  summary: SummaryLine[];
  degraded: string[];
  currency: string;
}

export type ProblemKind =
  | "unset"
  | "offline"
  | "unauthorized"
  | "forbidden"
  | "rate_limited"
  | "busy"
  | "budget_exhausted"
  | "rejected"
  | "bad_answer";

/** Why there is no answer, in a form that survives storage. */
export interface Problem {
  kind: ProblemKind;
  message: string;
  /** Seconds after which trying again makes sense. */
  retryAfter: number | null;
}

/** What one helpdesk tab is about. `seq` grows with every change of the ticket, so that late answers are known as such. */
export interface Desk {
  seq: number;
  state: "none" | "loading" | "done" | "error";
  open: OpenTicket | null;
  answer: Answer | null;
  problem: Problem | null;
}

export type FeedbackEvent = "shown" | "inserted" | "copied" | "dismissed" | "accepted";

export interface Feedback {
  request_id: string;
  suggestion_id: string;
  event: FeedbackEvent;
  idempotency_key: string;
  agent?: string;
}

/** What is left of a budget: the agent's own ("agent:NAME") or the "team"'s. */
export interface BudgetLeft {
  scope: string;
  remaining: number;
}

export interface BudgetLevel extends BudgetLeft {
  limit: number;
  spent: number;
  warning: "near" | "spent" | null;
}

export interface Budgets {
  currency: string;
  budgets: BudgetLevel[];
}

/** "Spend this on that delight." */
export interface SpendOrder {
  kind: "spend";
  request_id: string;
  delight_id: string;
  amount: number;
  idempotency_key: string;
}

/** "Take that spend back." */
export interface ReversalOrder {
  kind: "reversal";
  request_id: string;
  delight_id: string;
  spend_id: number;
  reason: string;
  idempotency_key: string;
}

/** What waits in the outbox. */
export type Outgoing = Feedback | SpendOrder | ReversalOrder;

/** What the service said of an entry that it booked. */
export interface Receipt {
  spend_id: number;
  amount: number;
  currency: string;
  remaining: BudgetLeft[];
  /** Absent for a reversal. */
  reversible_until?: string;
}

/** An order that is through: booked, with its receipt, or refused for good. */
export interface Settled {
  key: string;
  kind: "spend" | "reversal";
  request_id: string;
  delight_id: string;
  receipt: Receipt | null;
  problem: Problem | null;
}

/** Where a delight stands. `receipt` is that of the spend, also after it was taken back. */
export interface SpendState {
  state: "sending" | "waiting" | "spent" | "undoing" | "undone" | "refused";
  receipt: Receipt | null;
  problem: Problem | null;
}

export interface OutboxState {
  waiting: Outgoing[];
  delivered: string[];
  settled?: Settled[];
}

export interface Settings {
  /** The service's origin, without a slash at the end. */
  address: string;
  token: string;
  agent: string;
  /** Origins of helpdesks that the agent has added. */
  helpdesks: string[];
}

export type InsertResult = { ok: true; how: string } | { ok: false; reason: string };

/** What a helpdesk's module offers. All of it works on the page's DOM alone. */
export interface Host {
  id: string;
  label: string;
  /** Attributes whose change may mean that another ticket is shown. */
  attributes: string[];
  match(location: Location | URL, document: Document): boolean;
  /** The open ticket, or null when the page shows none. */
  readTicket(location: Location | URL, document: Document): OpenTicket | null;
  /** Puts text at the agent's caret in the reply composer. Never sends. */
  insert(text: string, document: Document): Promise<InsertResult>;
}

/** Where desks are kept: the extension's session storage, or a page's memory. */
export interface DeskStore {
  get(id: string): Promise<Desk | null>;
  set(id: string, desk: Desk): Promise<void>;
  remove(id: string): Promise<void>;
  entries(): Promise<[string, Desk][]>;
}

/** Where feedback waits until the service has it. */
export interface OutboxStore {
  load(): Promise<OutboxState>;
  save(state: OutboxState): Promise<void>;
}

export type Delivery = { state: "delivered" | "waiting" } | { state: "refused"; problem: Problem };

/** What the panel needs from its home, be it a side panel or a frame on a page. */
export interface Transport {
  /** Calls back with the desk now and at each change, until the signal aborts. */
  subscribe(onDesk: (desk: Desk) => void, signal: AbortSignal): void;
  insert(text: string, key: string): Promise<InsertResult>;
  retry(): Promise<void>;
  feedback(item: Feedback): Promise<Delivery>;
  /** Hands an order over; what became of it is then found in `spends`. */
  order(item: SpendOrder | ReversalOrder): Promise<Delivery>;
  /** Where the delights of an answer stand, by id. */
  spends(requestId: string): Promise<Record<string, SpendState>>;
  /** What this agent and the team have left; null when the service does not say. */
  budgets(agent: string): Promise<Budgets | null>;
  /** Absent where there is nothing to set. */
  openOptions?: () => void;
}
