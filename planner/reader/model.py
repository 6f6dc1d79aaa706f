"""The reader's run time: two ONNX files, an encoder of the sentence and a decoder that gives the next token."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from sayso.planner.reader.beam import BEAM, Meaning, meanings
from sayso.planner.reader.source import Context, Source, number_of, source_of, words_in
from sayso.planner.reader.vocabulary import NUMBERS, Vocabulary
from sayso.planner.task.grammar import Word, fixed_tokens, slots, tokens_of
from sayso.planner.task.nouns import singular
from sayso.planner.task.symbols import in_words
from sayso.planner.task.values import Stop, Utterance
from sayso.skills.onnx_model import open_model, read_checked

ENCODER, DECODER, TOKENIZER = "reader-encoder", "reader-decoder", "reader-encoder-tokenizer.json"


class EncoderCard(BaseModel):
    """The encoder's card: origin, and digests of its files."""

    model_config = ConfigDict(extra="allow")
    command: str
    digest: str
    tokenizer_digest: str


class DecoderCard(BaseModel):
    """The decoder's card: the vocabulary, the task language that it was trained for, its digest and the encoder's.

    ``heard`` are the words of the sentences that the reader was trained on.
    """

    model_config = ConfigDict(extra="allow")
    digest: str
    encoder_digest: str
    words: tuple[str, ...]
    heard: tuple[str, ...]
    grammar: tuple[str, ...]
    slots: tuple[tuple[str, str], ...]
    numbers: tuple[float, ...]


class Reader:
    """Reads sentences on one thread; safe to share between threads.

    ``model_dir`` holds the files named above. Raises ValueError with the file's name if one is missing or differs from
    its card, or if the card's grammar is not this version's.
    """

    def __init__(self, model_dir: Path) -> None:
        try:
            self.card = EncoderCard.model_validate_json((model_dir / f"{ENCODER}.json").read_bytes())
            decoder = DecoderCard.model_validate_json((model_dir / f"{DECODER}.json").read_bytes())
            encoding = read_checked(model_dir / f"{ENCODER}.onnx", self.card.digest)
            decoding = read_checked(model_dir / f"{DECODER}.onnx", decoder.digest)
            tokenizer = read_checked(model_dir / TOKENIZER, self.card.tokenizer_digest)
        except (OSError, ValidationError) as error:
            raise ValueError(f"the reader in {model_dir} cannot be loaded: {error}") from error
        of = (decoder.grammar, decoder.slots, decoder.numbers, decoder.encoder_digest)
        if of != (fixed_tokens(), slots(), NUMBERS, self.card.digest):
            raise ValueError(
                f"{model_dir / DECODER}.json is of another task language or encoder; make it again: {self.card.command}"
            )
        self.vocabulary, self._heard = Vocabulary(decoder.words), frozenset(decoder.heard)
        self._encoder, self._decoder = open_model(encoding), open_model(decoding)
        self._tokenizer = Tokenizer.from_str(tokenizer.decode())
        self._read_once = lru_cache(maxsize=4)(self._read)  # one sentence is read for several reasons

    def read(self, said: str, context: Context | None = None, beam: int = BEAM) -> tuple[Meaning, ...]:
        """The most probable meanings of ``said``, most probable first.

        A meaning is the less probable, the more words it leaves unread that no training sentence had. Raises
        ValueError for a sentence without words or with too many.
        """
        return self._read_once(said, context or Context(), beam)

    def _read(self, said: str, context: Context, beam: int) -> tuple[Meaning, ...]:
        source = source_of(in_words(said.encode("utf-8", "replace").decode()), context, self._tokenizer)
        found = meanings(_Decoder(self._encoder, self._decoder, source), source, self.vocabulary, beam)
        weighed = (replace(m, probability=m.probability * self._familiar(source, m.value)) for m in found)
        return tuple(sorted(weighed, key=lambda m: -m.probability))

    def respelt(self, said: str, toward: Collection[str]) -> str:
        """``said`` with words of ``toward`` for the words that no training sentence had and that may be misspelt."""
        return re.sub(r"\w{4,}", lambda found: self._respelt(found[0], toward), said)

    def knows(self, said: str) -> bool:
        """Whether training sentences had every word of ``said``, or a word of which it may be a misspelling."""
        return all(map(self._knows, (w.casefold().replace("’", "'") for w in words_in(said))))

    def knows_any(self, said: str) -> bool:
        """Whether training sentences had a word of ``said``, or every word may be a misspelling of theirs; what the
        reader makes of anything else is a guess."""
        return any(w.casefold() in self._heard or number_of(w) is not None for w in words_in(said)) or self.knows(said)

    def is_word(self, word: str) -> bool:
        """Whether ``word`` is in the encoder's vocabulary of common words; a short one must have been heard, too."""
        return self._tokenizer.token_to_id(word) is not None and (len(word) > 3 or word in self._heard)

    def _knows(self, word: str) -> bool:
        known = word in self._heard or singular(word) in self._heard or number_of(word) is not None
        return known or any(near in self._heard for near in _nearly(word))

    def _respelt(self, word: str, toward: Collection[str]) -> str:
        if (plain := word.casefold()) in self._heard or singular(plain) in self._heard:
            return word
        return next((near for near in _nearly(plain) if near in toward), word)

    def _familiar(self, source: Source, meaning: Utterance) -> float:
        """The share of words that the meaning takes up or that training sentences had; 1 for a stop."""
        if isinstance(meaning, Stop):
            return 1.0
        words = [w.casefold().replace("’", "'") for w in source.words]
        taken = {token.text.casefold() for token in tokens_of(meaning) if isinstance(token, Word)}
        read = [w in taken or singular(w) in taken or self._knows(w) for w in words]
        return sum(read) / len(read)


def _nearly(word: str) -> Iterator[str]:
    """Words of which ``word`` may be a misspelling: letters drawn out, exchanged, left out or put in."""
    if len(word) < 4:
        return
    yield re.sub(r"(.)\1+", r"\1", word)
    yield re.sub(r"(.)\1{2,}", r"\1\1", word)
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :]
        for letter in "abcdefghijklmnopqrstuvwxyz":
            yield word[:i] + letter + word[i:]
            yield word[:i] + letter + word[i + 1 :]


class _Decoder:
    """The decoder at work on one sentence."""

    def __init__(self, encoder: InferenceSession, decoder: InferenceSession, source: Source) -> None:
        ids, segments = (np.array([x], np.int64) for x in (source.ids, source.segments))
        fed = {"ids": ids, "segments": segments, "mask": np.ones_like(ids)}
        keys, values, states = encoder.run(["keys", "values", "states"], fed)
        self._said = {"keys": keys, "values": values, "copies": states[:, list(source.heads)]}
        self._past = [np.zeros((*keys.shape[:1], 1, keys.shape[2], 0, keys.shape[4]), np.float32)] * 2
        self._step = 0
        self._decoder = decoder

    def scores(self, before: Sequence[int], slots: Sequence[int], parents: Sequence[int]) -> NDArray[np.float32]:
        """Scores (n, size + words) of the next token."""
        past = [p[:, list(parents)] for p in self._past]
        fed = {
            "before": np.array(before, np.int64)[:, None], "slots": np.array(slots, np.int64)[:, None],
            "places": np.array([self._step], np.int64), "past_keys": past[0], "past_values": past[1], **self._said,
        }  # fmt: skip
        scores, *self._past = self._decoder.run(["scores", "new_keys", "new_values"], fed)
        self._step += 1
        return scores[:, 0]  # type: ignore[no-any-return]
