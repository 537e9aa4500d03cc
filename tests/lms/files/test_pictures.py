"""Pictures are drawn anew: what others get has nothing in it but the picture."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from lms.errors import Invalid
from lms.files import pictures, store

from .conftest import picture

SECRET = b"52.3702N 4.8952E"
KINDS = {"foto.jpg": "JPEG", "foto.png": "PNG", "foto.gif": "GIF", "foto.webp": "WEBP"}


def kept(received):
    return b"".join(store.read(received.key))


def opened(received):
    image = Image.open(io.BytesIO(kept(received)))
    image.load()
    return image


def corner(image, x, y):
    return image.convert("RGB").getpixel((x * (image.width - 1), y * (image.height - 1)))


def near(colour, other):
    return all(abs(a - b) < 90 for a, b in zip(colour, other, strict=True))


def with_traces(kind):
    """A picture that tells more than it shows, in every place that its kind has for that."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()  # description
    exif.get_ifd(0x8825)[1] = SECRET.decode()  # place
    options = {"exif": exif, "icc_profile": SECRET * 20, "xmp": b"<x:xmpmeta>" + SECRET, "comment": SECRET}
    allowed = {
        "JPEG": options,
        "WEBP": {k: options[k] for k in ("exif", "icc_profile", "xmp")},
        "GIF": {"comment": SECRET},
    }
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", SECRET.decode())
        notes.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=False)
        allowed["PNG"] = {"exif": exif, "icc_profile": SECRET * 20, "pnginfo": notes, "dpi": (313, 313)}
    return picture(kind, (40, 30), **allowed[kind]) + SECRET


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_nothing_but_the_picture_is_left(receive, name, kind):
    data = with_traces(kind)
    assert data.count(SECRET) > 1
    received = receive(name, data)
    assert SECRET not in kept(received)
    image = opened(received)
    assert (image.format, image.size) == (kind, (40, 30))
    assert {"exif", "xmp", "comment", "icc_profile", "dpi"}.isdisjoint(image.info)
    assert not image.getexif()
    assert near(corner(image, 0, 0), (255, 0, 0)) and near(corner(image, 0, 1), (0, 0, 255))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright(receive, kind):
    """A phone writes how it was held; without that note the picture itself must be turned."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    received = receive(f"foto.{kind.lower().replace('jpeg', 'jpg')}", picture(kind, (40, 30), exif=exif))
    assert (received.width, received.height) == (30, 40)
    assert near(corner(opened(received), 0, 0), (0, 0, 255))  # what was at the bottom left


MODES = ["CMYK JPEG", "L JPEG", "1 PNG", "P PNG", "LA PNG", "RGBA PNG", "I;16 PNG", "RGBA WEBP", "P GIF"]


@pytest.mark.parametrize("case", MODES)
def test_every_kind_of_colour(receive, case):
    mode, kind = case.split()
    if mode == "I;16":
        out = io.BytesIO()
        Image.linear_gradient("L").convert("I").point(lambda value: value * 256).convert("I;16").save(out, "PNG")
        data = out.getvalue()
    else:
        data = picture(kind, (40, 30), mode)
    dark, light = opened(receive(f"foto.{kind.lower().replace('jpeg', 'jpg')}", data)).convert("L").getextrema()
    assert light - dark > 100, "it still shows something"


def test_what_one_sees_through_stays_so(receive):
    image = Image.new("RGBA", (4100, 10), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 2050, 10))
    for options in ({}, {"mode": "P"}):
        out = io.BytesIO()
        (image.quantize() if options else image).save(out, "PNG")
        shown = opened(receive("kaart.png", out.getvalue())).convert("RGBA")
        assert shown.width == 4000 and shown.getpixel((3900, 5))[3] == 0 and shown.getpixel((100, 5))[3] == 255


def test_a_large_one_is_made_smaller(receive):
    received = receive("foto.jpg", picture("JPEG", (6000, 3000)))
    assert (received.width, received.height) == opened(received).size == (4000, 2000)
    assert receive("foto.jpg", picture("JPEG", (4000, 3000))).height == 3000


def test_a_moving_one_stands_still(receive):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    for kind, name in (("GIF", "a.gif"), ("PNG", "a.png"), ("WEBP", "a.webp")):
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
        image = opened(receive(name, out.getvalue()))
        assert getattr(image, "n_frames", 1) == 1 and near(corner(image, 0, 0), (255, 0, 0))


def test_a_phone_with_two_pictures_in_one(receive):
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(
        out, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20), "blue")]
    )
    received = receive("foto.jpg", out.getvalue())
    assert opened(received).format == "JPEG" and near(corner(opened(received), 0, 0), (255, 0, 0))


def test_twice_the_same_gives_the_same(receive):
    """So that who presses «Inleveren» twice hands in once."""
    data = picture("JPEG", (60, 50))
    assert receive("a.jpg", data).sha256 == receive("a.jpg", data).sha256


# ---- what means harm ----


def png_of(width, height):
    """The head of a PNG of so many pixels, with hardly a byte behind it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def gif_of(width, height):
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x02\x4c\x01\x00\x3b"


def jpeg_of(width, height):
    data = bytearray(picture("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("foto.png", png_of(30_000, 30_000)),  # 900 megapixels in a thousand bytes
        ("foto.png", png_of(8001, 5000)),  # one column too many
        ("foto.png", png_of(2**31 - 1, 2**31 - 1)),
        ("foto.gif", gif_of(60_000, 60_000)),
        ("foto.jpg", jpeg_of(65_000, 65_000)),
    ],
)
def test_too_many_pixels(receive, keys, name, data):
    assert len(data) < 2000
    with pytest.raises(Invalid, match=rf"{name}: Deze foto is te groot\. Kies een foto tot 40 megapixel\."):
        receive(name, data)
    assert not keys()


def test_forty_megapixels_are_welcome(receive):
    assert receive("foto.png", picture("PNG", (8000, 5000), "1")).width == 4000


def test_a_photo_that_is_gone_over_again_and_again(receive):
    """Each scan of eighty bytes costs as much as a whole picture; ten are usual."""
    data = picture("JPEG", (3000, 3000), progressive=True)
    again = data[data.rindex(b"\xff\xc4", 0, data.rindex(b"\xff\xda")) : -2]
    assert receive("foto.jpg", data[:-2] + again * 5 + data[-2:]).width == 3000
    with pytest.raises(Invalid, match="Deze foto is te groot"):
        receive("foto.jpg", data[:-2] + again * pictures.MAX_SCANS * 20 + data[-2:])


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_half_a_picture(receive, keys, name, kind):
    data = picture(kind, (300, 200))
    with pytest.raises(Invalid, match=rf"{name}: Deze foto is beschadigd\. Bewaar hem opnieuw of kies een andere\."):
        receive(name, data[: len(data) // 2])
    assert not keys()


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_damage_anywhere(receive, name, kind):
    """With other bits it is refused with a sentence or drawn as well as it goes; never an error of ours."""
    for at in range(0, 100, 5):
        data = bytearray(picture(kind, (60, 40)))
        data[len(data) * at // 100] ^= 0xFF
        try:
            receive(name, bytes(data))
        except Invalid as error:
            assert str(error).startswith(f"{name}: ")


def test_a_reader_for_another_kind_is_never_asked(receive):
    """Pillow knows dozens of kinds, some of which start programs; a name and a mark let none of them in."""
    for kind in ("TIFF", "BMP", "PPM", "ICO", "TGA", "PCX"):
        for name in KINDS:
            with pytest.raises(Invalid, match="maar het bestand is iets anders"):
                receive(name, picture(kind))
    with pytest.raises(Invalid):
        receive("foto.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
