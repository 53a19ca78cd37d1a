"""Words that mean the same place in code: what questions call things, and what programs call them.

A question says "directory", the code `dir`; "evict the least recently used", `lru`; "again", `retry`. Each line is one
group: abbreviations first, then trades of programming in no order. A group holds what people really use for one another
in any language and project; a word may stand in several. How much such a word counts is set where it is used, and
docs/ranking.md has what the table was measured to be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from locant.retriever.query.forms import INFLECTED_WEIGHT, word_forms

__all__ = ["related_words"]

GROUPS: tuple[Sequence[str], ...] = tuple(
    line.split()
    for line in """
configuration config cfg conf settings options preferences
authentication auth authn login signin credentials
authorization auth authz permission access role policy
message msg
context ctx
command cmd subcommand
argument arg args argv parameter param params
directory dir folder
database db
connection conn connect socket
request req
response resp res reply
environment env
error err exception failure fail
function func fn
initialize init setup bootstrap
execute exec run invoke
temporary temp tmp
buffer buf
source src
destination dst dest target
string str text
number num
integer int
character char rune
length len size
previous prev last
next succ
iterate iter loop each
allocate alloc malloc
memory mem ram heap
maximum max limit upper
minimum min lower
statistics stats metrics
specification spec
utility util utils helper helpers
library lib
document doc
password passwd pwd secret
application app
repository repo
package pkg module
identifier id ident
synchronize sync
asynchronous async await
transaction tx txn
certificate cert tls ssl
encryption encrypt crypto cipher aes
hash digest checksum crc sha md5
calculate calc compute
expression expr
statement stmt
declaration decl
definition def
attribute attr
property prop
reference ref
pointer ptr
object obj
variable var
value val
position pos offset
address addr host
callback hook handler cb
regular regex regexp pattern
dependency dep deps
operation op
flag option opt switch
description desc
image img picture
remove delete del drop erase discard clear unlink prune purge rm
evict expire lru expunge
create make new build construct
start begin launch boot
stop end halt terminate shutdown kill quit exit close
cancel abort interrupt
pause suspend hold
resume continue unpause
wait sleep delay block pending
retry attempt again backoff redo
crash panic abort fatal
send emit dispatch publish post push transmit
receive recv consume accept
fetch get load retrieve download pull
save store persist dump
search find lookup query seek locate
compare equal diff cmp
parse parser read decode scan lex
serialize encode marshal dump stringify
deserialize decode unmarshal parse load
convert transform cast coerce translate to
check validate verify ensure assert
allow permit whitelist accept
reject deny forbid refuse disallow
choose select pick
split tokenize separate partition divide
combine join merge concat
copy clone duplicate dup
compress gzip zip deflate brotli
decompress gunzip unzip inflate decode
link url uri href
session cookie login
schedule cron timer periodic interval scheduler
speed rate throttle throughput
throttle ratelimit limiter rate
log logger logging trace
print output write display show
render draw paint view template
screen terminal tty console display
keyboard key keys input keymap
mouse click pointer
color colour ansi style theme
thread worker concurrent parallel pool
parallel concurrent threads async workers
process proc child fork pid
signal sigterm sigint trap interrupt
listen bind serve server
route router path endpoint
proxy tunnel forward
secure tls ssl https
count total number
unique distinct dedupe duplicate seen
duplicate dupe dedupe unique
sort order rank compare
empty blank null nil none
default fallback
plugin extension addon middleware hook
event listener subscribe observer notify
mock stub fake double
time clock date timestamp
timeout deadline expire expiry
duration interval elapsed
old stale expired outdated
change modify update mutate edit alter
undo revert rollback restore
recover repair restore rescue
damaged corrupt broken corruption
remember history cache memoize
row line record
column field
main entry cli start
help usage
complete completion autocomplete suggest
install setup
nested nesting recursive tree depth
walk traverse visit walker visitor
inherit extends parent base super
annotation decorator attribute
whitespace space spaces trim strip indent
escape quote sanitize unescape
random rand shuffle jitter
insert add append put push
replace substitute swap
rename move mv
filter exclude ignore skip
ignore gitignore exclude skip
queue enqueue dequeue job
job task work
lock mutex semaphore
free release dealloc destroy dispose
cleanup clean teardown close
warn warning deprecated deprecation
upload multipart attachment
header headers
body payload content
format fmt formatter pretty
number numeric digit float
decimal float double precision
language locale i18n translation
translate locale i18n
user account member
email mail smtp
network net socket
file files fs filesystem path
symlink link readlink
version semver release
upgrade migrate migration
wrap wrapper adapter
limit cap max quota bound
group bucket batch
batch bulk chunk
stream pipe flow
expand substitute interpolate glob
wildcard glob pattern
tag label
token lexer tokenizer tok
syntax grammar parser
comment doc annotation
highlight color style
cursor caret position
scroll viewport window
window win pane
border frame box
style css theme
test spec assert
benchmark bench perf
profile profiler perf
visibility hidden visible
fold collapse
inject injection di provider container
container registry
register registry add
middleware interceptor filter handler
redirect location follow
websocket ws upgrade
chunked chunk transfer
static assets files
assets static public
bootstrap init start
generate generator gen build
generic template
enum variant choice
boolean bool flag
list array vector slice
map dict dictionary hash table
set unique
stack push pop
tree node
graph edge node
weight score
""".strip().splitlines()
)

_BY_WORD: dict[str, list[Sequence[str]]] = {}
for _group in GROUPS:
    for _word in _group:
        _BY_WORD.setdefault(_word, []).append(_group)

DERIVED_SHARE = 0.6
"""Of a relation that holds for another word of the same root: "eviction" to `expire`, by way of `evict`."""

REMEMBERED = 1 << 12


@lru_cache(maxsize=REMEMBERED)
def related_words(word: str) -> dict[str, float]:
    """Words that stand for a lower-case word in code, each with how surely; without forms of the word itself."""
    forms = word_forms(word)
    found: dict[str, float] = {}
    for form, weight in forms.items():
        share = 1.0 if weight >= INFLECTED_WEIGHT else DERIVED_SHARE
        for group in _BY_WORD.get(form, ()):
            for other in group:
                if other not in forms:
                    found[other] = max(found.get(other, 0.0), share)
    return found
