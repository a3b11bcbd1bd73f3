"""What the pages' scripts and forms send, checked before anything looks at it."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

from flask import request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from copilot.api.body import read_json
from copilot.schemas import validate

M = TypeVar("M", bound=BaseModel)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # no database and no UTF-8 file can hold these
Text = Annotated[str, AfterValidator(lambda text: _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text))]
FileName = Annotated[str, Field(min_length=1, max_length=255)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Files(_Body):
    """What is to be checked; files that are not given count as they are in force, with the lead's own drafts."""

    files: dict[FileName, Text] = Field(max_length=200)


class DraftIn(_Body):
    """A text to keep; `text` null: the file is to be removed. `base` null: the file is new."""

    file: FileName
    text: Text | None
    base: str | None = None


class TryIn(_Body):
    """A text to try."""

    file: FileName
    text: Text


class FormIn(_Body):
    """Edits of a text, in order; what each may hold is said in `copilot.playbooks.edit`."""

    file: FileName
    text: Text
    edits: list[dict[str, Any]] = Field(max_length=1000)


class PublishIn(_Body):
    """What is said of a publication; without `file` all drafts of the lead go out."""

    message: Text = Field(default="", max_length=2000)
    file: FileName | None = None
    base: str | None = None


class RollbackIn(_Body):
    """The version to go back to."""

    version: int
    message: Text = Field(default="", max_length=2000)


class FileIn(_Body):
    """A file."""

    file: FileName


def said(model: type[M]) -> M:
    """The current request's JSON, or its form, as a model.

    Raises:
        MalformedRequest, InvalidRequest: what does not fit.
    """
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        # A text area sends lines as the network wrote them in 1980.
        given = {key: value.replace("\r\n", "\n") for key, value in request.form.items() if value or key == "text"}
        return validate(model, given | ({"text": None} if "remove" in given else {}))
    return validate(model, read_json())
