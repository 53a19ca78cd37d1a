"""Questions and issues about the Python standard library, for measuring time, not answers."""

from __future__ import annotations

__all__ = ["ISSUES", "QUESTIONS"]

QUESTIONS = (
    "where are mime headers decoded",
    "parse command line option arguments",
    "how is recursion limit checked",
    "close event loop pending tasks",
    "compute digest of large file",
    "read zip archive central directory",
    "format floating point decimal rounding",
    "resolve symbolic link in path",
    "spawn child process with pipes",
    "validate email address header field",
    "convert timestamp to local timezone",
    "thread pool worker shutdown wait",
    "regular expression group name error",
    "load pickle from untrusted source",
    "server certificate hostname verification failed",
    "tokenize source code indentation error",
    "http chunked transfer encoding reader",
    "xml parser entity expansion handler",
    "logging rotating file handler rollover",
    "mock call arguments assertion message",
)

_FILLER = """
Steps to reproduce

1. Create a fresh virtual environment and start the interpreter without any site customisation.
2. Run the script below. On my machine it fails about one time out of twenty, on the build server nearly always.
3. Look at the output; the last lines differ between runs, the first ones are the same each time.

Expected behaviour: the call returns the value that the documentation promises, or raises the documented exception
with a message that names the offending argument. Actual behaviour: it returns None, and a later call fails in a place
that has nothing to do with the cause, which took us two days to find. I looked at the implementation and believe that
the state is updated before the check, so that an exception leaves the object half initialised. Moving the assignment
below the check makes the test pass, though I am not sure that this is right for subclasses that override the method.

The problem does not occur in the previous minor release. I bisected between the two and the first bad change is the
one that added the fast path for the common case. Disabling the fast path with the environment variable also helps.
Other people in the forum report the same since the update, on Linux, Windows and macOS, with and without a debugger.
We work around it by catching the error, clearing the cache and calling the function again, which is slow and ugly.
I can prepare a patch with a test if somebody confirms that the analysis is right and tells me where the test belongs.
"""

_REPORTS = (
    (
        "ThreadPoolExecutor.submit hangs after shutdown(cancel_futures=True)",
        """When `ThreadPoolExecutor.shutdown(wait=False, cancel_futures=True)` races with `submit`,
the work item stays in
`_work_queue` and `Future.result()` never returns. See `concurrent/futures/thread.py`, `_worker`
and `_python_exit`.""",
    ),
    (
        "zipfile.BadZipFile for archives with a comment of 65535 bytes",
        """`_EndRecData` looks for the end of central directory record in too small a window when `allowZip64` is set.

Traceback (most recent call last):
  File "demo.py", line 3, in <module>
    zipfile.ZipFile("a.zip")
  File "/usr/lib/python3.11/zipfile.py", line 1302, in __init__
    self._RealGetContents()
  File "/usr/lib/python3.11/zipfile.py", line 1369, in _RealGetContents
    raise BadZipFile("File is not a zip file")
zipfile.BadZipFile: File is not a zip file""",
    ),
    (
        "argparse: mutually exclusive group with suppressed help prints a wrong usage line",
        """`HelpFormatter._format_actions_usage` drops the closing bracket when all but one action
have `help=SUPPRESS`.""",
    ),
    (
        "asyncio.wait_for swallows cancellation when the inner task finishes at the same time",
        """`asyncio.tasks.wait_for` returns the result instead of raising `CancelledError`;
`timeouts.Timeout` is affected too.""",
    ),
    (
        "datetime.fromisoformat accepts an offset of 24:00",
        """`_parse_isoformat_time` in the pure Python module checks the hours of `tzinfo` only when
minutes are given.""",
    ),
    (
        "http.client: IncompleteRead on chunked bodies with trailers",
        """`HTTPResponse._read_and_discard_trailer` stops at the first header line that has no
colon, so `readinto` fails.""",
    ),
    (
        "logging.handlers.RotatingFileHandler loses records on rollover",
        """`shouldRollover` measures the formatted record without its terminator; `doRollover` then
renames one too early.""",
    ),
    (
        "configparser interpolation recursion is not detected for two options",
        """`ExtendedInterpolation._interpolate_some` recurses until `MAX_INTERPOLATION_DEPTH`, then
raises the wrong error.""",
    ),
    (
        "unittest.mock: autospec of a classmethod loses the signature",
        """`create_autospec` calls `_check_sig` with `skipfirst` wrong for `classmethod` objects,
`assert_called_with` fails.""",
    ),
    (
        "email.message_from_bytes drops the last header when the body is empty",
        """`email.feedparser.FeedParser._parse_headers` never flushes `lastvalue` if the input ends
without a line feed.""",
    ),
)

ISSUES = tuple(f"{title}\n\n{body}\n{_FILLER}" for title, body in _REPORTS)
