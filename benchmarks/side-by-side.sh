#!/usr/bin/env bash
# Genka and its peers at the same jobs, one after the other on one quiet machine; prints the table of ratios.
#   benchmarks/side-by-side.sh [train] [grpo] [decode] [recipe] [gemm]      without a word: all of them, about 40 minutes
# PEERS   folder with the peers' scripts and setup.sh (../shared/peers/bench)
# VENV    their Python environment; made by setup.sh when it is not there (target/peers/venv; needs python3.11, gcc, cmake, ninja, PyPI)
# ROUNDS  turns of each pair (2), THREADS (all cores), RESULTS folder of what was measured (target/side-by-side)
set -euo pipefail
cd "$(dirname "$0")/.."
peers=${PEERS:-../shared/peers/bench}
venv=${VENV:-target/peers/venv}
rounds=${ROUNDS:-2}
threads=${THREADS:-$(nproc)}
results=${RESULTS:-target/side-by-side}
export PYTHONWARNINGS=ignore TRANSFORMERS_VERBOSITY=error HF_HUB_OFFLINE=1
allocator=$(ls /usr/lib/*/libtcmalloc_minimal.so.4 2>/dev/null | head -n 1 || true)

[ -f "$peers/train_torch.py" ] || { echo "side-by-side: no peers' scripts in $peers. Maybe set PEERS." >&2; exit 2; }
if ! "$venv/bin/python" -c 'import trl' 2>/dev/null; then
  echo "side-by-side: setting the peers up in target/peers (about 10 minutes, once)" >&2
  mkdir -p target/peers
  cp -r "$peers/." target/peers/
  # The last parts of setup.sh build peers of other jobs; what this script needs comes first.
  target/peers/setup.sh "$PWD/target/peers/venv" "$PWD/target/peers/models" >&2 || true
  venv=target/peers/venv
  "$venv/bin/python" -c 'import trl' || { echo "side-by-side: the peers could not be set up" >&2; exit 4; }
fi
[ -n "$allocator" ] || echo "side-by-side: without libtcmalloc-minimal4 the peers are slower than they could be" >&2
venv=$(cd "$venv" && pwd)
peers=$(cd "$peers" && pwd)
mkdir -p "$results"
results=$(cd "$results" && pwd)
: > "$results/measured.jsonl"
./genka --version >&2

# note WHO JOB: reads what a program printed and keeps its last line of JSON
note() {
  "$venv/bin/python" benchmarks/ratios.py note "$1" "$2" >> "$results/measured.jsonl" || echo "side-by-side: $1 printed no figures for $2" >&2
}
# pair JOB GENKA-ARGUMENTS -- PEER-ARGUMENTS: both in turn, as often as there are rounds
pair() {
  local job=$1 ours=()
  shift
  while [ "$1" != -- ]; do ours+=("$1"); shift; done
  shift
  for round in $(seq "$rounds"); do
    echo "side-by-side: $job, round $round of $rounds" >&2
    ./genka "${ours[@]}" --json 2>> "$results/genka.err" | note genka "$job"
    (cd "$peers" && LD_PRELOAD=$allocator "$venv/bin/python" "$@" 2>> "$results/peers.err") | note peer "$job"
  done
}
# whole JOB FOLDER: wall time of the tiny recipe from nothing to the bill, beside the same in torch and TRL with its imports
whole() {
  local start
  for round in $(seq "$rounds"); do
    echo "side-by-side: $1, round $round of $rounds" >&2
    start=$(date +%s.%N)
    ./genka run recipes/r1-zero-tiny.yaml --home "$results/home" --threads "$threads" --json > "$results/run.json" 2>> "$results/genka.err"
    "$venv/bin/python" benchmarks/ratios.py wall "$start" "$(date +%s.%N)" | note genka "$1"
    start=$(date +%s.%N)
    (cd "$peers" && LD_PRELOAD=$allocator "$venv/bin/python" grpo_trl.py --config tiny --steps 40 --threads "$threads") > /dev/null 2>> "$results/peers.err"
    "$venv/bin/python" benchmarks/ratios.py wall "$start" "$(date +%s.%N)" | note peer "$1"
  done
}

config() { echo "$peers/configs/$1.json"; }
for part in ${*:-gemm train decode grpo recipe}; do
  case $part in
    gemm) ./genka bench gemm --threads "$threads" > "$results/gemm.txt" ;;
    train)
      for shape in tiny:64:64 small:64:64 base10m:32:128 base30m:16:128; do
        IFS=: read -r name batch seq <<< "$shape"
        pair "train $name" bench train --config "$(config "$name")" --batch "$batch" --seq "$seq" --threads "$threads" \
          -- train_torch.py --config "$name" --batch "$batch" --seq "$seq" --threads "$threads" --compile
      done ;;
    decode)
      for name in base10m base30m; do
        pair "decode $name 1" bench decode --config "$(config "$name")" --batch 1 --threads "$threads" \
          -- decode_hf.py --config "$name" --batch 1 --new 64 --threads "$threads" --static --experts batched_mm
      done
      pair "decode base10m 64" bench decode --config "$(config base10m)" --batch 64 --threads "$threads" \
        -- decode_hf.py --config base10m --batch 64 --new 64 --threads "$threads" --static
      pair "decode base30m 64" bench decode --config "$(config base30m)" --batch 64 --threads "$threads" \
        -- decode_hf.py --config base30m --batch 64 --new 64 --threads "$threads" --loop --experts eager ;;
    grpo)
      pair "grpo tiny" bench grpo --config "$(config tiny)" --prompts 16 --group 8 --max-new 24 --prompt 10 --threads "$threads" \
        -- grpo_trl.py --config tiny --steps 40 --threads "$threads"
      pair "grpo base10m" bench grpo --config "$(config base10m)" --prompts 8 --group 8 --max-new 64 --threads "$threads" \
        -- grpo_trl.py --config base10m --steps 8 --skip 2 --threads "$threads" ;;
    recipe) whole "run r1-zero-tiny" ;;
    *) echo "side-by-side: no part is named $part. Maybe one of gemm, train, decode, grpo, recipe." >&2; exit 2 ;;
  esac
done
"$venv/bin/python" benchmarks/ratios.py table "$results/measured.jsonl"
