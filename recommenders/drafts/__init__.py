"""Replies that an agent can send with one touch: every fact cited, every unknown a visible gap."""

from recommenders.drafts.compose import DraftComposer
from recommenders.drafts.passages import ArticleIndex, PageIndex

__all__ = ["ArticleIndex", "DraftComposer", "PageIndex"]
