"""Words with the shape of an identifier that never name anything in the repository."""

from __future__ import annotations

__all__ = ["COMMON_WORDS", "KEYWORDS", "PRODUCTS", "PRODUCT_FILES", "RECEIVERS"]

_words = str.split

# What stands before the dot without naming an owner.
RECEIVERS = frozenset(_words("self this cls super Self crate"))

# Reserved wherever they are written.
KEYWORDS = RECEIVERS | frozenset(
    _words(
        "and as assert async await break class continue def del elif else except finally for from global if import in "
        "is lambda nonlocal not or pass raise return try while with yield None True False "
        "abstract boolean byte case catch char const constexpr default do double enum export extends extern final "
        "func fn function goto implements impl instanceof interface let mut namespace new null nil nullptr override "
        "private protected pub public sizeof static struct switch template then throw throws trait true false typedef "
        "typename typeof undefined unless unsigned val var virtual void volatile elsif rescue str int float bool std"
    )
)

# Also on every page of example code, but names of their own when marked: `delete`, `install`, `Console.log`.
COMMON_WORDS = KEYWORDS | frozenset(
    _words(
        "print len range list dict set tuple isinstance auto delete include internal long module object operator "
        "package ref register require short signed string String type union use using where when end begin ensure "
        "puts echo console log println printf fmt sudo pip install npm yarn cargo git cd ls cat bash python python3 "
        "apt conda brew docker the"
    )
)

# Names of products and formats in mixed case or with digits.
PRODUCTS = frozenset(
    _words(
        "GitHub GitLab BitBucket JavaScript TypeScript CoffeeScript macOS MacOS iOS iPadOS tvOS watchOS iPhone iPad "
        "MacBook PyTorch TensorFlow NumPy SciPy PyPI PyPy PostgreSQL MySQL SQLite MariaDB MongoDB NoSQL GraphQL "
        "OpenSSL OpenGL LaTeX IPython JupyterLab StackOverflow YouTube LinkedIn WordPress OpenAI ChatGPT DevTools "
        "PyCharm IntelliJ WebStorm VSCode CentOS RedHat OpenSUSE FreeBSD OpenBSD CPython MicroPython WebSocket "
        "WebSockets PowerShell CircleCI TravisCI FireFox DockerHub DuckDB ClickHouse RabbitMQ OAuth OAuth2 IPv4 IPv6 "
        "ASP.NET x86_64 x64 amd64 arm64 aarch64 win32 utf8 UTF8 ES5 ES6 HTML5 CSS3 Python2 Python3 python2 Win10 "
        "Win11 Windows10 Windows11 Ubuntu20 Ubuntu22 McDonald kB KiB MiB GiB TiB GBs"
    )
)

# Products, and attributes of runtimes, that look like the name of a file.
PRODUCT_FILES = frozenset(
    _words(
        "node.js vue.js next.js nuxt.js react.js three.js express.js d3.js angular.js ember.js chart.js "
        "asp.net process.env os.environ import.meta"
    )
)
