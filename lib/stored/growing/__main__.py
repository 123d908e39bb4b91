"""All methods, all seeds: numbers, pictures and weights."""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor
from tqdm import tqdm

from lib.stored import FOLDER, save_run
from lib.stored.growing.judging import (
    ScaledDigits,
    as_bytes,
    draw_scales,
    judged,
    load_scales,
)
from lib.stored.growing.training import METHODS, moments, recipe

SEEDS = (1, 2, 3)  # the settings were chosen on seed 0
SHOWN = 6  # pictures kept of each moment of the first seed


class Trained(NamedTuple):
    """Of one method from one seed."""

    numbers: dict[str, float]  # what was measured, and when
    pictures: NDArray  # (moment, picture, pixel), all scales stacked
    weights: dict[str, Tensor]  # of the averaged generator at the end
    seconds: float  # of one processor


def main(folder: Path = FOLDER) -> None:
    """Train all, and write what came out."""
    torch.set_num_threads(1)
    digits = load_scales()
    results: dict[str, list[float]] = {}
    seconds, pictures, weights = np.zeros(len(SEEDS)), {}, {}
    for name, i in tqdm([(m, i) for m in METHODS for i in range(len(SEEDS))]):
        got = outcome(name, SEEDS[i], digits)
        for key, number in (got.numbers | {"seconds": got.seconds}).items():
            results.setdefault(f"{name}: {key}", []).append(number)
        seconds[i] += got.seconds
        if i == 0:
            pictures[name] = got.pictures
            weights |= {f"{name}.{k}": w for k, w in got.weights.items()}
    path = save_run(
        "growing",
        command="make stored-growing",
        packages=["torch"],
        settings=recipe(),
        seeds=list(SEEDS),
        results=results,
        seconds=seconds.tolist(),
        folder=folder,
    )
    np.savez_compressed(folder / "growing.npz", **pictures)
    save_file(weights, folder / "growing.safetensors")
    print(path.name)


def outcome(name: str, seed: int, digits: ScaledDigits) -> Trained:
    """Train one, and judge it at each moment."""
    start, numbers, pictures = time.process_time(), {}, []
    for k, moment in enumerate(moments(name, seed, digits), start=1):
        for measure, number in judged(moment.network, digits).items():
            numbers[f"{measure} after {k}"] = number
        pictures.append(as_bytes(draw_scales(moment.network, SHOWN)))
    numbers["steps"] = moment.step
    weights = {
        key: weight.half().contiguous()
        for key, weight in moment.network.state_dict().items()
    }
    spent = time.process_time() - start
    return Trained(numbers, np.stack(pictures), weights, spent)


if __name__ == "__main__":
    main()
