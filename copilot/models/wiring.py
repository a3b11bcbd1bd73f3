"""From the settings to the models that they name; each is None while its address is not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from copilot.models.polish import Polisher
    from copilot.models.reader import ModelReader
    from copilot.models.remote_encoder import RemoteEncoder
    from copilot.settings import Settings
    from recommenders.protocols import Encoder
    from recommenders.retrieval.encoder import OnnxEncoder
    from recommenders.signals.matter import MatterEncoder

CACHE = "cache"  # folder of the data directory


def model_reader(settings: Settings) -> ModelReader | None:
    """What reads tickets beside the heads."""
    if settings.reader_url is None:
        return None
    from copilot.models.chat import ChatModel
    from copilot.models.endpoint import Endpoint
    from copilot.models.reader import ModelReader
    from copilot.models.reading import parse_claims, reading_task

    endpoint = Endpoint(settings.reader_url, settings.reader_key, workers=settings.threads)
    model = ChatModel(endpoint, _named(settings.reader_model, "reader"), reading_task(), parse_claims)
    return ModelReader(model, settings.reader_seconds)


def polisher(settings: Settings, detect: Callable[[str, str], str]) -> Polisher | None:
    """What polishes drafts."""
    if settings.polish_url is None:
        return None
    from copilot.models.chat import ChatModel
    from copilot.models.endpoint import Endpoint
    from copilot.models.fidelity import languages
    from copilot.models.polish import Polisher, parse_text, polish_task

    languages()  # read once, here and not in the first request
    endpoint = Endpoint(settings.polish_url, settings.polish_key, workers=3 * settings.threads)
    model = ChatModel(endpoint, _named(settings.polish_model, "polish"), polish_task(), parse_text)
    return Polisher(model, settings.polish_seconds, detect)


def remote_encoder(settings: Settings) -> RemoteEncoder | None:
    """What finds cases.

    Raises:
        InputError: the endpoint was never asked before and does not answer.
    """
    if settings.embeddings_url is None:
        return None
    from copilot.models.endpoint import Endpoint, EndpointError
    from copilot.models.remote_encoder import RemoteEncoder
    from recommenders.text.language import LanguageDetector

    endpoint = Endpoint(settings.embeddings_url, settings.embeddings_key, workers=settings.threads)
    try:
        return RemoteEncoder(
            endpoint,
            _named(settings.embeddings_model, "embeddings"),
            seconds=settings.embeddings_seconds,
            bearings=settings.data / CACHE,
            language_of=LanguageDetector().detect,
            question_prefix=settings.embeddings_question_prefix,
            case_prefix=settings.embeddings_case_prefix,
        )
    except EndpointError as error:
        endpoint.close()
        raise InputError(f"COPILOT_EMBEDDINGS_URL: {error}; start the endpoint, or unset the variable") from error


def local_encoder(settings: Settings) -> OnnxEncoder:
    """The embedding model that runs here.

    Raises:
        InputError: the folder holds a model that was not exported yet.
        ModelError: it holds none, or a damaged one.
    """
    from recommenders.retrieval.encoder import MANIFEST, load_encoder

    folder = settings.model
    if (folder / "modules.json").is_file() and not (folder / MANIFEST).is_file():
        raise InputError(
            f"{folder} is a sentence-transformers folder: export it with"
            f" `python -m copilot.models_setup {folder} TARGET`, and set COPILOT_MODEL to TARGET"
        )
    return load_encoder(folder)


def matter_encoder(settings: Settings, encoder: OnnxEncoder) -> MatterEncoder:
    """What finds cases here, over an encoder of tickets.

    Raises:
        HeadsError: what reads tickets is missing, damaged or was trained for another model.
    """
    from recommenders.signals.heads import HEADS, Heads
    from recommenders.signals.matter import MatterEncoder
    from recommenders.text.language import LanguageDetector

    return MatterEncoder(encoder, Heads.load(settings.model / HEADS, encoder.source), LanguageDetector().detect)


def case_encoder(settings: Settings) -> Encoder:
    """What embeds cases in a load: the remote encoder if one is named, else the one that runs here."""
    return remote_encoder(settings) or matter_encoder(settings, local_encoder(settings))


def _named(model: str, kind: str) -> str:
    if not model:
        variable = f"COPILOT_{kind.upper()}"
        raise InputError(f"{variable}_URL is set, but {variable}_MODEL is not: name the model")
    return model
