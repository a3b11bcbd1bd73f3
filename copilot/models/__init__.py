"""Models behind an OpenAI-compatible endpoint: one may read tickets, one may polish drafts, one may embed cases.

All of it is off until an operator names an endpoint. What a model says is held against the ticket, the draft and the
heads before anything of it is used. What does not hold is left out; without an answer the service does its own work.
"""
