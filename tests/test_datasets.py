"""The data that ships with the book."""

import hashlib

import numpy as np
import pytest
import torch

from lib import datasets
from lib.datasets import MNIST_FILE, MNIST_SHA256, Mnist, load_mnist


@pytest.fixture(scope="module")
def mnist():
    return load_mnist()


def test_mnist_has_the_shapes_and_the_type_that_are_promised(mnist):
    assert isinstance(mnist, Mnist)
    assert [a.shape for a in mnist] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert {a.dtype for a in mnist} == {np.dtype("uint8")}


# An IDX file is a header (type, then lengths) and the bytes of the array.
@pytest.mark.parametrize(
    ("name", "header", "md5"),
    [
        (
            "train_images",
            "00000803 0000ea60 0000001c 0000001c",
            "6bbc9ace898e44ae57da46a324031adb",
        ),
        (
            "train_labels",
            "00000801 0000ea60",
            "a25bea736e30d166cdddb491f175f624",
        ),
        (
            "test_images",
            "00000803 00002710 0000001c 0000001c",
            "2646ac647ad5339dbf082846283269ea",
        ),
        (
            "test_labels",
            "00000801 00002710",
            "27ae3e4e09519cfbb04c329615203637",
        ),
    ],
)
def test_mnist_is_byte_for_byte_the_authors_files(mnist, name, header, md5):
    idx = bytes.fromhex(header) + getattr(mnist, name).tobytes()
    assert hashlib.md5(idx, usedforsecurity=False).hexdigest() == md5


def test_the_first_digits_are_the_ones_everybody_knows(mnist):
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(mnist.test_labels).tolist() == counts
    # the mean and the spread that every tutorial normalises with
    pixels = mnist.train_images / np.float32(255)
    assert pixels.mean(dtype=float) == pytest.approx(0.1307, abs=5e-5)
    assert pixels.std(dtype=float) == pytest.approx(0.3081, abs=5e-5)


def test_paper_is_zero_and_ink_is_255(mnist):
    assert mnist.train_images[:, 0, 0].max() == 0
    assert mnist.train_images.max() == 255


def test_the_arrays_are_the_callers_own(mnist):
    images = torch.from_numpy(mnist.test_images)  # warns if read-only
    was = int(images[0, 14, 14])
    images[0, 14, 14] = was ^ 255
    assert load_mnist().test_images[0, 14, 14] == was
    images[0, 14, 14] = was


def test_the_sum_that_is_checked_is_the_files(mnist):
    content = MNIST_FILE.read_bytes()
    assert hashlib.sha256(content).hexdigest() == MNIST_SHA256


def test_one_changed_byte_is_found_and_the_file_named(tmp_path, monkeypatch):
    content = bytearray(MNIST_FILE.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "mnist.npz"
    damaged.write_bytes(content)
    monkeypatch.setattr(datasets, "MNIST_FILE", damaged)
    with pytest.raises(ValueError, match=r"mnist\.npz is damaged: its 11,490"):
        load_mnist()


def test_a_pointer_in_place_of_the_file_is_found(tmp_path, monkeypatch):
    pointer = tmp_path / "mnist.npz"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\n")
    monkeypatch.setattr(datasets, "MNIST_FILE", pointer)
    with pytest.raises(ValueError, match=r"damaged: its 43 bytes .* expected"):
        load_mnist()


def test_a_missing_file_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "MNIST_FILE", tmp_path / "mnist.npz")
    with pytest.raises(
        FileNotFoundError, match=r"mnist\.npz is missing: .*git"
    ):
        load_mnist()


def test_the_authors_are_named_beside_the_file():
    note = MNIST_FILE.with_name("README.md").read_text(encoding="utf-8")
    for said in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0", MNIST_SHA256):
        assert said in note
