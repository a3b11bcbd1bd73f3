/** The shapes that the editor shares with the service. */

import type { EditorView } from "./vendor/codemirror.js";

export type Path = (string | number)[];

/** What stands in the page's JSON block. */
export interface Given {
  file: string;
  text: string;
  base: string | number | null;
  csrf: string;
  nonce: string;
  schema_url: string;
  others: Record<string, string>;
  published?: string | null;
  catalog?: Partial<Catalog>;
  /** Who else has a draft of this file. */
  editors?: Editor[];
}

export interface Editor {
  name: string;
  at: string;
}

export interface Catalog {
  codes: { code: string; title?: string }[];
  products: { handle: string; title?: string; type?: string }[];
  types: string[];
  tags: string[];
}

export interface Problem {
  file: string;
  line: number;
  col: number;
  severity: "error" | "warning";
  message: string;
  code: string;
  rule_id?: string;
}

/** One change of the text by its place: set (null takes away), insert before, or move to. */
export type Edit = { path: Path; value: unknown } | { path: Path; insert: unknown } | { path: Path; move: number };

/** A JSON Schema node after $ref and the null branch of an anyOf were followed. */
export interface Node {
  type?: string;
  title?: string;
  description?: string;
  enum?: string[];
  const?: unknown;
  format?: string;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  required?: string[];
  properties?: Record<string, Node>;
  additionalProperties?: boolean | Node;
  patternProperties?: Record<string, Node>;
  items?: Node;
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  $ref?: string;
  $defs?: Record<string, Node>;
  "x-from"?: string;
}

/** Somebody saved before us. */
export interface Conflict {
  by: string;
  at: string;
  text: string;
  base: string | number | null;
  /** Whether the playbook was removed. */
  gone: boolean;
  /** The base of a lead who goes on without looking; null where her text was not kept. */
  kept: string | number | null;
}

export type Announce = (text: string) => void;

/** What the parts of the page share. */
export interface Desk {
  given: Given;
  view: EditorView;
  announce: Announce;
}
