"""Data that ships with the book: nothing is downloaded."""

import hashlib
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MNIST_FILE = Path(__file__).with_name("mnist.npz")
MNIST_SHA256 = (
    "39b9b1ffaa0ba4d8995a616551f0966941fe02a3fe79ba4a9db7373db16d53ad"
)


class Mnist(NamedTuple):
    """70,000 handwritten digits, all uint8; ink is 255, paper 0."""

    train_images: NDArray[np.uint8]  # (60000, 28, 28), in [0, 255]
    train_labels: NDArray[np.uint8]  # (60000,), in [0, 9]
    test_images: NDArray[np.uint8]  # (10000, 28, 28)
    test_labels: NDArray[np.uint8]  # (10000,)


def load_mnist() -> Mnist:
    """MNIST from the file beside this module, checked byte by byte.

    Every call reads the file anew (0.3 s), so that the arrays are the
    caller's own to write to.

    Returns:
        The images of digits and their labels, for training and for test.

    Raises:
        FileNotFoundError: If the file is not there.
        ValueError: If its SHA-256 is not that of the file we shipped.

    Source: LeCun, Cortes & Burges; see README.md beside the file.
    """
    try:
        content = MNIST_FILE.read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"{MNIST_FILE} is missing: it belongs to the repository, "
            "get it back with git or from a fresh copy"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != MNIST_SHA256:
        raise ValueError(
            f"{MNIST_FILE} is damaged: its {len(content):,} bytes have the "
            f"SHA-256 {found}, expected {MNIST_SHA256}; get the file back "
            "with git or from a fresh copy of the repository"
        )
    with np.load(io.BytesIO(content)) as arrays:
        return Mnist(*(arrays[name] for name in Mnist._fields))
