"""Pictures: drawn anew, so that what others get has been made here, pixel by pixel.

That takes out the place and time of a photo (EXIF), its thumbnail and whatever else somebody's file may carry, and
makes it safe to show within a page.
"""

import re
import tempfile
import threading
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps

MAX_PIXELS = 40_000_000
MAX_SIDE = 4000
"""Pixels; a larger picture is made smaller."""
MAX_SCANS = 200
"""How often a JPEG may go over its picture; programs do so ten times, and each time costs as much as the first."""
QUALITY = 85
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}

_READERS = {"JPEG": ("JPEG", "MPO")}  # phones write several pictures into one JPEG
_KEPT_MODES = {"JPEG": {"L", "RGB"}, "WEBP": {"RGB", "RGBA"}}
_MODES = {"1", "L", "LA", "P", "RGB", "RGBA"}
_IN_MEMORY = 4 * 1024 * 1024
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")  # within a scan FF 00 is a pixel and FF D0 to D7 a pause
_SCAN, _END, _NO_LENGTH = 0xDA, 0xD9, {0x01, 0xD8}

# Pillow warns from its limit on and refuses from twice that; here both refuse.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# One at a time in each process: forty million pixels take 160 MB.
_turn = threading.Lock()


class BrokenError(Exception):
    """It cannot be drawn."""


class TooLargeError(Exception):
    """It has too many pixels, or takes too much work for a picture."""


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew. ``file`` is temporary and the caller closes it; width and height are in pixels."""

    file: IO[bytes]
    width: int
    height: int


def redraw(file: IO[bytes], media_type: str) -> Picture:
    """Draw a picture anew, upright, at most MAX_SIDE wide and high; of a moving one the first image.

    Raises BrokenError or TooLargeError.
    """
    target = FORMATS[media_type]
    if target == "JPEG" and _scans(file) > MAX_SCANS:
        raise TooLargeError
    with _turn:
        image = _draw(file, target)
        out = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller's
        try:
            image.save(out, target, **({"quality": QUALITY} if target in {"JPEG", "WEBP"} else {}))
        except BaseException:
            out.close()
            raise
    return Picture(out, *image.size)


def _draw(file: IO[bytes], target: str) -> Image.Image:
    file.seek(0)
    try:
        with Image.open(file, formats=_READERS.get(target, (target,))) as found:
            found.load()
            image = _small(found, target)
            image = ImageOps.exif_transpose(image)
            # What is left of it would be written again: comments, profiles, resolution, the time of each image.
            image.info = {name: image.info[name] for name in ("transparency",) if name in image.info}
            return image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise TooLargeError from error
    except Exception as error:
        # Bytes that mean harm raise anything in a reader; to the person it is all the same.
        raise BrokenError(str(error)) from error


def _small(image: Image.Image, target: str) -> Image.Image:
    large = max(image.size) > MAX_SIDE
    allowed = _KEPT_MODES.get(target, _MODES) - ({"1", "P"} if large else set())
    if image.mode not in allowed:
        image = image.convert("RGBA" if image.has_transparency_data and target != "JPEG" else "RGB")
    if large:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return image


def _scans(file: IO[bytes]) -> int:
    """How many scans the first picture of a JPEG has."""
    file.seek(0)
    data = file.read()
    count, at = 0, 2
    while found := _MARKER.search(data, at):
        kind, at = found[1][0], found.end()
        if kind == _END:
            break
        count += kind == _SCAN
        if kind not in _NO_LENGTH:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
    return count
