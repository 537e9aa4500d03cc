"""A bucket that speaks S3 on loopback, for tests: it checks signatures and knows just what the file store asks.

    with Bucket() as bucket:
        app = make_app(FILES_URL=bucket.url)       # and bucket.environ() in the environment

Checked once against another S3 server (moto 5.2): the file store asks both the same and hears the same.
"""

import hashlib
import hmac
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

NAME, KEY_ID, SECRET, REGION = "proef", "AKPROEF", "een-geheim-voor-proeven", "eu-west-1"
PAGE = 3
"""How many keys a list has before it says that there are more; so few that a test turns a page."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'  # on a line of its own, as others have it


@dataclass
class Kept:
    """An object in the bucket."""

    content: bytes
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content).hexdigest()}"'  # noqa: S324 - as S3 does


class Bucket:
    """The server and what is in it: ``objects`` by key. ``refusal`` is the status of every write, if set; a
    bucket that ``is_away`` hangs up."""

    def __init__(self) -> None:
        self.objects: dict[str, Kept] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.refusal: int | None = None
        self.is_away = False
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bucket": self}))
        self._server.daemon_threads = True

    def __enter__(self) -> "Bucket":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address for LMS_FILES_URL: a folder in the bucket."""
        return f"s3://{NAME}/een/site"

    def environ(self, **other: str) -> dict[str, str]:
        """The variables that lead to it and open it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            **other,
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def do_PUT(self) -> None:
        self._answer()

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT

    def log_message(self, *_args: Any) -> None:
        pass

    def _answer(self) -> None:
        if self.bucket.is_away:
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name, _slash, self.key = unquote(parts.path).removeprefix("/").partition("/")
        self.bucket.asked.append(f"{self.command} {self.path}")
        if not self._is_signed(parts.path, parts.query):
            self._refuse(403, "SignatureDoesNotMatch")
        elif name != NAME:
            self._refuse(404, "NoSuchBucket")
        elif self.bucket.refusal and self.command in {"PUT", "POST"} and "delete" not in self.query:
            self._refuse(self.bucket.refusal, "Refused")
        else:
            getattr(self, f"_{self.command.lower()}")()

    def _put(self) -> None:
        if "uploadId" in self.query:
            self.bucket.uploads[self.query["uploadId"]][int(self.query["partNumber"])] = self.content
            return self._send(200, headers={"ETag": Kept(self.content).etag})
        self.bucket.objects[self.key] = Kept(self.content)
        return self._send(200, headers={"ETag": self.bucket.objects[self.key].etag})

    def _post(self) -> None:
        if "delete" in self.query:
            keys = re.findall(r"<Key>(.*?)</Key>", self.content.decode())
            for key in keys:
                self.bucket.objects.pop(unescape(key), None)  # one that is not there counts as deleted
            deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return self._send(200, f"{_HEAD}<DeleteResult>{deleted}</DeleteResult>")
        if "uploads" in self.query:
            number = str(len(self.bucket.uploads) + 1)
            self.bucket.uploads[number] = {}
            about = f"<Bucket>{NAME}</Bucket><Key>{escape(self.key)}</Key><UploadId>{number}</UploadId>"
            return self._send(200, f"{_HEAD}<InitiateMultipartUploadResult>{about}</InitiateMultipartUploadResult>")
        pieces = self.bucket.uploads.pop(self.query["uploadId"])
        kept = Kept(b"".join(pieces[number] for number in sorted(pieces)))
        self.bucket.objects[self.key] = kept
        about = f"<Key>{escape(self.key)}</Key><ETag>{escape(kept.etag)}</ETag>"
        return self._send(200, f"{_HEAD}<CompleteMultipartUploadResult>{about}</CompleteMultipartUploadResult>")

    def _delete(self) -> None:
        if "uploadId" in self.query:
            self.bucket.uploads.pop(self.query["uploadId"], None)
        else:
            self.bucket.objects.pop(self.key, None)
        self._send(204)

    def _get(self) -> None:
        if "list-type" in self.query:
            return self._list()
        kept = self.bucket.objects.get(self.key)
        if kept is None:
            return self._refuse(404, "NoSuchKey")
        at = kept.at.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return self._send(200, kept.content, {"ETag": kept.etag, "Last-Modified": at})

    _head = _get

    def _list(self) -> None:
        after, prefix = self.query.get("continuation-token", ""), self.query.get("prefix", "")
        keys = sorted(key for key in self.bucket.objects if key.startswith(prefix) and key > after)
        shown = [(key, self.bucket.objects[key]) for key in keys[:PAGE]]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{kept.at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>{escape(kept.etag)}</ETag><Size>{len(kept.content)}</Size></Contents>"
            for key, kept in shown
        )
        more = f"<NextContinuationToken>{shown[-1][0]}</NextContinuationToken>" if len(keys) > PAGE else ""
        rows += f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>{more}"
        self._send(200, f"{_HEAD}<ListBucketResult>{rows}</ListBucketResult>")

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, f"{_HEAD}<Error><Code>{code}</Code><Message>{code}</Message></Error>")

    def _send(self, status: int, content: str | bytes = b"", headers: dict[str, str] | None = None) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # whoever asked has gone
                self.wfile.write(body)

    def _is_signed(self, path: str, query: str) -> bool:
        """Does the signature (AWS version 4) fit the request, and the hash its content?"""
        given = re.fullmatch(
            rf"AWS4-HMAC-SHA256 Credential={KEY_ID}/(\d{{8}})/{REGION}/s3/aws4_request, "
            r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})",
            self.headers.get("Authorization") or "",
        )
        hashed = self.headers.get("x-amz-content-sha256", "")
        if not given or hashed not in {hashlib.sha256(self.content).hexdigest(), "UNSIGNED-PAYLOAD"}:
            return False
        day, names, signature = given.groups()
        pairs = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in parse_qsl(query, True))
        signed = "".join(f"{name}:{(self.headers.get(name) or '').strip()}\n" for name in names.split(";"))
        request = "\n".join([self.command, path, "&".join(f"{k}={v}" for k, v in pairs), signed, names, hashed])
        scope = f"{day}/{REGION}/s3/aws4_request"
        stamp = self.headers.get("x-amz-date", "")
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, REGION, "s3", "aws4_request", text):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(key.hex(), signature)
