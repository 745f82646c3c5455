"""CTranslate2 alone: texts written at once, by `generate_batch`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import ctranslate2
from tokenizers import Tokenizer

asked = json.loads(sys.argv[1])
generator = ctranslate2.Generator(asked["model"], device="cpu")
tokenizer = Tokenizer.from_file(str(Path(asked["model"]).parent / "tokenizer.json"))
prompt = tokenizer.encode(asked["prompt"]).tokens


def write(count: int) -> int:
    """Write texts. Returns how many tokens they have."""
    texts = generator.generate_batch(
        [prompt] * count,
        max_length=asked["tokens"],
        include_prompt_in_result=False,
        sampling_topk=50,
        sampling_topp=0.95,
        sampling_temperature=0.9,
        repetition_penalty=1.1,
    )
    return sum(len(text.sequences_ids[0]) for text in texts)


speeds = {}
for count in asked["at_once"]:
    write(count)
    began = time.perf_counter()
    tokens = sum(write(count) for _ in range(asked["rounds"]))
    speeds[count] = tokens / (time.perf_counter() - began)
print(json.dumps(speeds))
