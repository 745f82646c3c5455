"""transformers alone: texts written at once, by `generate`, in 32 bits as it loads them."""

from __future__ import annotations

import json
import sys
import time

import torch
import transformers
from tokenizers import Tokenizer

asked = json.loads(sys.argv[1])
model = transformers.GPT2LMHeadModel.from_pretrained(asked["model"]).eval()
tokenizer = Tokenizer.from_file(asked["model"] + "/tokenizer.json")
prompt = torch.tensor([tokenizer.encode(asked["prompt"]).ids])


def write(count: int) -> int:
    """Write texts. Returns how many tokens they have."""
    texts = prompt.repeat(count, 1)
    written = model.generate(
        texts,
        attention_mask=torch.ones_like(texts),
        max_new_tokens=asked["tokens"],
        do_sample=True,
        top_k=50,
        top_p=0.95,
        temperature=0.9,
        repetition_penalty=1.1,
        pad_token_id=model.config.eos_token_id,
    )
    return int(count * (written.shape[1] - prompt.shape[1]))


speeds = {}
for count in asked["at_once"]:
    write(count)
    began = time.perf_counter()
    tokens = sum(write(count) for _ in range(asked["rounds"]))
    speeds[count] = tokens / (time.perf_counter() - began)
print(json.dumps(speeds))
