"""The run time of the words model: one ONNX file gives a sentence's embedding and its reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from sayso.planner.language.reader import Span, read, words
from sayso.planner.language.reading import HEADS, Reading
from sayso.skills.onnx_model import open_model, read_checked

MODEL, CARD, TOKENIZER = "words.onnx", "words.json", "words-tokenizer.json"
MAX_TOKENS = 128
_MAX_CHARS = 2_000
_INPUTS, _OUTPUTS = {"input_ids", "attention_mask"}, {"embedding", "logits"}


class Card(BaseModel):
    """The model's card: origin, labels, scores, and digests of its files."""

    model_config = ConfigDict(extra="allow")
    name: str
    command: str
    heads: dict[str, tuple[str, ...]]
    digest: str
    tokenizer_digest: str


class WordsModel:
    """MiniLM with reading heads, on one thread; safe to share between threads.

    ``model_dir`` holds `MODEL`, `CARD` and `TOKENIZER`. Raises ValueError with the file's name if it is missing, its
    digest differs from the card's, or the model's inputs, outputs or labels are wrong.
    """

    def __init__(self, model_dir: Path) -> None:
        try:
            self.card = Card.model_validate_json((model_dir / CARD).read_bytes())
            digests = {MODEL: self.card.digest, TOKENIZER: self.card.tokenizer_digest}
            data = {name: read_checked(model_dir / name, digest) for name, digest in digests.items()}
        except (OSError, ValidationError) as error:
            raise ValueError(f"the words model in {model_dir} cannot be loaded: {error}") from error
        if self.card.heads != HEADS:
            raise ValueError(
                f"{model_dir / CARD} has other labels than this version reads; make it again: {self.card.command}"
            )
        self._session = open_model(data[MODEL])
        inputs, outputs = ({i.name for i in f()} for f in (self._session.get_inputs, self._session.get_outputs))
        if inputs != _INPUTS or outputs != _OUTPUTS:
            wanted = f"{sorted(_INPUTS)} to {sorted(_OUTPUTS)}"
            raise ValueError(f"{model_dir / MODEL} maps {sorted(inputs)} to {sorted(outputs)}, not {wanted}")
        self._tokenizer = Tokenizer.from_str(data[TOKENIZER].decode())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit embeddings (n, 384) of the first 128 tokens of each text."""
        out = [self._run("embedding", self._encode(text).ids[:MAX_TOKENS]) for text in texts]
        return np.concatenate(out) if out else np.empty((0, 384), np.float32)

    def read(self, text: str) -> Reading:
        """The reading of ``text``. Raises ValueError for no words or more than `MAX_TOKENS` tokens."""
        encoding = self._encode(text)
        spans, tokens = words(encoding.word_ids, encoding.offsets)
        if not spans:
            raise ValueError("there are no words in the text")
        if len(encoding.ids) > MAX_TOKENS or len(text) > _MAX_CHARS:
            raise ValueError(f"the text is longer than {MAX_TOKENS} words or {_MAX_CHARS} characters")
        logits = self._run("logits", encoding.ids)[0].astype(np.float64)
        scores = {}
        ends = np.cumsum([len(labels) for labels in HEADS.values()])
        for head, part in zip(HEADS, np.split(logits, ends[:-1], axis=1), strict=True):
            logs = part - np.logaddexp.reduce(part, axis=1, keepdims=True)
            scores[head] = logs[:1] if head == "intent" else np.stack([logs[t].mean(axis=0) for t in tokens])
        return read(text, spans, scores)

    def spans(self, text: str) -> list[Span]:
        """Character spans of the words of ``text``."""
        encoding = self._encode(text)
        return words(encoding.word_ids, encoding.offsets)[0]

    def _encode(self, text: str):  # type: ignore[no-untyped-def]  # tokenizers has no public type for an encoding
        return self._tokenizer.encode(text[: _MAX_CHARS + 1].encode("utf-8", "replace").decode())

    def _run(self, output: str, ids: Sequence[int]) -> NDArray[np.float32]:
        batch = np.array([ids], dtype=np.int64)
        return self._session.run([output], {"input_ids": batch, "attention_mask": np.ones_like(batch)})[0]
