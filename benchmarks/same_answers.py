"""Whether transformers gives the same greedy answers as Genka with a model that Genka trained.

    VENV/bin/python benchmarks/same_answers.py MODEL_FOLDER PROMPT [PROMPT ...] [--max-tokens N]

MODEL_FOLDER is a run's model/ folder. VENV: the one benchmarks/side-by-side.sh makes (torch, transformers). Exit code 1 when an answer differs.
"""
import argparse
import json
import subprocess
from pathlib import Path

import torch
import transformers

p = argparse.ArgumentParser()
p.add_argument("model")
p.add_argument("prompts", nargs="+")
p.add_argument("--max-tokens", type=int, default=64)
a = p.parse_args()

transformers.utils.logging.disable_progress_bar()
genka = Path(__file__).resolve().parent.parent / "genka"
tokenizer = transformers.AutoTokenizer.from_pretrained(a.model)
model = transformers.AutoModelForCausalLM.from_pretrained(a.model, dtype=torch.float32).eval()
different = 0
for prompt in a.prompts:
    ids = torch.tensor([tokenizer.encode(prompt, add_special_tokens=False)])
    with torch.inference_mode():
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=a.max_tokens, do_sample=False)
    theirs = tokenizer.decode(out[0, ids.shape[1]:], skip_special_tokens=True)
    ours = json.loads(subprocess.run(
        [genka, "ask", a.model, prompt, "--max-tokens", str(a.max_tokens), "--json"], capture_output=True, text=True, check=True).stdout)["response"]
    same = theirs == ours
    different += not same
    print(f"{'same' if same else 'DIFFERENT'}  {prompt}  Genka: {ours}" + ("" if same else f"  transformers: {theirs}"))
print(f"{len(a.prompts) - different} of {len(a.prompts)} greedy answers are the same (transformers {transformers.__version__}, torch {torch.__version__})")
raise SystemExit(1 if different else 0)
