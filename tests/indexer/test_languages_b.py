"""What is read from C#, Ruby, PHP, Kotlin, Scala, Swift, Bash, Lua, Haskell, Elixir and Zig: expectations by hand."""

from __future__ import annotations

from textwrap import dedent

from locant.indexer.syntax.engine import Extraction, extract
from locant.indexer.syntax.languages import language_named
from locant.indexer.syntax.parse import parse_file


def read(language: str, source: str) -> Extraction:
    row = language_named(language)
    assert row is not None
    extraction = extract(dedent(source).encode(), row)
    assert extraction.n_errors == 0
    return extraction


def definitions(extraction: Extraction) -> list[str]:
    return [f"{found.kind} {found.qualified_name}" for found in extraction.definitions]


def bases(extraction: Extraction) -> dict[str, tuple[str, ...]]:
    return {found.qualified_name: found.bases for found in extraction.definitions if found.bases}


def docs(extraction: Extraction) -> dict[str, str]:
    return {found.qualified_name: found.doc for found in extraction.definitions if found.doc}


def names(extraction: Extraction, kind: str) -> set[str]:
    return {found.name for found in extraction.references if found.kind == kind}


def imports(extraction: Extraction) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.module, found.names) for found in extraction.imports]


def test_csharp_types_members_and_namespaces() -> None:
    found = read(
        "csharp",
        """\
        using System.Text;
        using static System.Math;

        namespace Shop.Orders
        {
            /// <summary>Keeps orders.</summary>
            [Serializable]
            public partial class Store<T> : Base<T>, IStore where T : class
            {
                const int Limit = 10;
                private readonly int _left, _right;
                public event EventHandler Changed;
                public Store(int left) : base(left) { _left = left; }
                public int Count { get; set; }
                public async Task<Item> Find<K>(K key, Filter filter)
                {
                    int Local() => 1;
                    return await client.Send<Item>(new Request(key), Local());
                }
            }
            public record Point(int X, int Y) : Shape;
            public struct Size { }
            public interface IStore { int Total(); }
            public enum Color { Red, Green }
            public delegate void Handler(int code);
            public static class Extensions { public static int Len(this string s) => s.Length; }
        }
        """,
    )

    assert definitions(found) == [
        "namespace Shop.Orders",
        "class Shop.Orders.Store",
        "constant Shop.Orders.Store.Limit",
        "field Shop.Orders.Store._left",
        "field Shop.Orders.Store._right",
        "field Shop.Orders.Store.Changed",
        "constructor Shop.Orders.Store.Store",
        "property Shop.Orders.Store.Count",
        "method Shop.Orders.Store.Find",
        "function Shop.Orders.Store.Find.Local",
        "class Shop.Orders.Point",
        "property Shop.Orders.Point.X",
        "property Shop.Orders.Point.Y",
        "struct Shop.Orders.Size",
        "interface Shop.Orders.IStore",
        "method Shop.Orders.IStore.Total",
        "enum Shop.Orders.Color",
        "constant Shop.Orders.Color.Red",
        "constant Shop.Orders.Color.Green",
        "type Shop.Orders.Handler",
        "class Shop.Orders.Extensions",
        "method Shop.Orders.Extensions.Len",
    ]
    assert bases(found) == {"Shop.Orders.Store": ("Base", "IStore"), "Shop.Orders.Point": ("Shape",)}
    assert {"Send", "Request", "Local", "Serializable"} <= names(found, "call")
    assert {"Filter", "EventHandler"} <= names(found, "type")
    assert {"Base", "IStore", "Shape"} == names(found, "inherit")
    assert imports(found) == [("System.Text", ()), ("System.Math", ())]


def test_csharp_file_scoped_namespace_qualifies_the_whole_file() -> None:
    found = read("csharp", "namespace A.B;\n\nclass C { void M() { } }\n")

    assert definitions(found) == ["class A.B.C", "method A.B.C.M"]


def test_ruby_modules_mixins_and_methods_of_the_class() -> None:
    found = read(
        "ruby",
        """\
        require 'json'
        require_relative "../store"

        module Shop
          MAX = 10
          # Keeps orders.
          class Store < Base::Store
            include Comparable
            extend Forwardable
            class << self
              def open(path) = new(path)
            end
            def self.build(options)
              new(options).start
            end
            def full?
              count >= MAX
            rescue LimitError
              Logger.warn("full")
            end
            alias empty? none?
          end
          Point = Struct.new(:x, :y) do
            def length; end
          end
          Failure = Class.new(StandardError)
          def helper; end
        end
        def top; end
        """,
    )

    assert definitions(found) == [
        "module Shop",
        "constant Shop.MAX",
        "class Shop.Store",
        "method Shop.Store.open",
        "method Shop.Store.build",
        "method Shop.Store.full?",
        "method Shop.Store.empty?",
        "class Shop.Point",
        "method Shop.Point.length",
        "class Shop.Failure",
        "method Shop.helper",
        "function top",
    ]
    assert bases(found) == {
        "Shop.Store": ("Base::Store", "Comparable", "Forwardable"),
        "Shop.Failure": ("StandardError",),
    }
    assert docs(found) == {"Shop.Store": "Keeps orders."}
    assert {"new", "start", "warn"} <= names(found, "call")
    assert {"LimitError", "Logger"} <= names(found, "type")
    assert imports(found) == [("json", ()), ("../store", ())]


def test_php_types_members_and_uses() -> None:
    found = read(
        "php",
        """\
        <?php
        namespace Shop\\Orders;
        use Psr\\Log\\LoggerInterface;
        use Shop\\{Item, Cart as Basket};
        require_once __DIR__ . '/boot.php';
        /** Keeps orders. */
        #[Entity]
        abstract class Store extends Base implements Countable, \\Shop\\Keeps
        {
            use Logs;
            const LIMIT = 10;
            private ?Item $item = null;
            public function __construct(private int $size) {}
            public static function find(Query $query): ?Item
            {
                $query->run();
                Cache::get('x');
                return new Item(trim($query));
            }
        }
        interface Keeps extends Readable { public function keep(); }
        trait Logs { function log() {} }
        enum Color: string implements HasLabel { case Red = 'r'; }
        function top(): void {}
        define('DEBUG', true);
        """,
    )

    assert definitions(found) == [
        "namespace Shop.Orders",
        "class Store",
        "constant Store.LIMIT",
        "property Store.item",
        "method Store.__construct",
        "property Store.__construct.size",
        "method Store.find",
        "interface Keeps",
        "method Keeps.keep",
        "trait Logs",
        "method Logs.log",
        "enum Color",
        "constant Color.Red",
        "function top",
        "constant DEBUG",
    ]
    assert bases(found) == {
        "Store": ("Base", "Countable", "\\Shop\\Keeps", "Logs"),
        "Keeps": ("Readable",),
        "Color": ("HasLabel",),
    }
    assert docs(found) == {"Store": "Keeps orders."}
    assert {"run", "get", "Item", "trim", "Entity"} <= names(found, "call")
    assert {"Query", "Cache"} <= names(found, "type")
    assert imports(found) == [
        ("Psr\\Log\\LoggerInterface", ()),
        ("Shop", ("Item", "Cart")),
        ("/boot.php", ()),
    ]


def test_kotlin_classes_objects_and_extensions() -> None:
    found = read(
        "kotlin",
        """\
        package shop

        import kotlin.math.max
        import shop.Item as Thing

        /** Keeps orders. */
        @Service
        data class Store<T>(val size: Int, name: String) : Base<T>(size), Keeps by other, p.Closeable {
            constructor() : this(1, "")
            var count: Int = 0
            companion object {
                const val LIMIT = 10
                fun make() = Store(1)
            }
            override fun find(query: Query): Item? {
                val local = 1
                return query.run { it }
            }
        }
        sealed interface Shape
        enum class Color { RED, GREEN }
        object Registry : Shape {
            fun add() {}
        }
        fun String.shout(): String = uppercase()
        val String.half: Int
            get() = length / 2
        typealias Names = List<String>
        fun top() {}
        """,
    )

    assert definitions(found) == [
        "class Store",
        "property Store.size",
        "constructor Store.constructor",
        "property Store.count",
        "constant Store.LIMIT",
        "method Store.make",
        "method Store.find",
        "interface Shape",
        "enum Color",
        "constant Color.RED",
        "constant Color.GREEN",
        "object Registry",
        "method Registry.add",
        "function String.shout",
        "property String.half",
        "type Names",
        "function top",
    ]
    assert bases(found) == {"Store": ("Base", "Keeps", "p.Closeable"), "Registry": ("Shape",)}
    assert docs(found) == {"Store": "Keeps orders."}
    assert {"Store", "run", "uppercase", "Service"} <= names(found, "call")
    assert {"Query", "Item"} <= names(found, "type")
    assert imports(found) == [("kotlin.math.max", ()), ("shop.Item", ())]


def test_scala_2_classes_objects_traits_and_values() -> None:
    found = read(
        "scala",
        """\
        package shop
        import org.Base

        /** Keeps orders. */
        abstract class Store[T](val size: Int) extends Base[T](size) with Logs with p.Keeps[T] {
          type Key = String
          lazy val count = 1
          var a, b = 2
          def find(query: Query)(implicit m: Mode): Option[Item] = { val local = 1; query.run(new Request(local)) }
          def total: Int
        }
        case class Point(x: Int)
        object Store extends Factory { implicit class Rich(s: String) { def shout = s.up() } }
        trait Logs { def log(): Unit }
        """,
    )

    assert definitions(found) == [
        "class Store",
        "field Store.size",
        "type Store.Key",
        "field Store.count",
        "field Store.a",
        "field Store.b",
        "method Store.find",
        "method Store.total",
        "class Point",
        "object Store",
        "class Store.Rich",
        "method Store.Rich.shout",
        "trait Logs",
        "method Logs.log",
    ]
    assert [base for item in found.definitions for base in item.bases] == ["Base", "Logs", "p.Keeps", "Factory"]
    assert {"run", "Request", "up"} <= names(found, "call")
    assert {"Query", "Mode", "Item"} <= names(found, "type")


def test_scala_3_enums_givens_and_extensions() -> None:
    found = read(
        "scala",
        """\
        enum Color(val rgb: Int) extends Base:
          case Red extends Color(1)
          case Mix(m: Int)
        given order: Ord[Int] with
          def compare(a: Int) = 1
        given Show[String] with
          def show(a: String) = a
        extension [T](xs: List[T]) def second = xs.tail
        opaque type Log = Double
        """,
    )

    assert definitions(found) == [
        "enum Color",
        "field Color.rgb",
        "constant Color.Red",
        "class Color.Mix",
        "object order",
        "method order.compare",
        "object Show",
        "method Show.show",
        "method List.second",
        "type Log",
    ]


def test_swift_types_protocols_and_extensions() -> None:
    found = read(
        "swift",
        """\
        import Foundation

        /// Keeps orders.
        public final class Store<T>: Base<T>, Keeps {
            static let shared = Store()
            var count: Int { return 1 }
            init(size: Int) { super.init() }
            deinit {}
            subscript(index: Int) -> Int { return index }
            func find(_ query: Query) async throws -> Item? {
                let local = Request(query)
                return query.run(local)
            }
            enum State { case idle, busy(Int) }
        }
        struct Point { let x: Int }
        actor Worker {}
        protocol Keeps: AnyObject {
            associatedtype Key
            var size: Int { get }
            func keep()
        }
        extension Store: Hashable {
            func hash() {}
        }
        typealias Names = [String]
        func top() {}
        let limit = 10
        """,
    )

    assert definitions(found) == [
        "class Store",
        "property Store.shared",
        "property Store.count",
        "constructor Store.init",
        "method Store.deinit",
        "method Store.subscript",
        "method Store.find",
        "enum Store.State",
        "constant Store.State.idle",
        "constant Store.State.busy",
        "struct Point",
        "property Point.x",
        "class Worker",
        "protocol Keeps",
        "type Keeps.Key",
        "property Keeps.size",
        "method Keeps.keep",
        "method Store.hash",
        "type Names",
        "function top",
        "variable limit",
    ]
    assert bases(found) == {"Store": ("Base", "Keeps", "Hashable"), "Keeps": ("AnyObject",)}
    assert docs(found) == {"Store": "Keeps orders."}
    assert {"Request", "run"} <= names(found, "call")
    assert {"Query", "Item"} <= names(found, "type")
    assert imports(found) == [("Foundation", ())]


def test_bash_functions_variables_and_sourced_files() -> None:
    found = read(
        "bash",
        """\
        source ./lib.sh
        . "$DIR/more.sh"
        LIMIT=10
        export name=x
        # Builds all.
        build() {
          local inner=1
          compile "$1" | filter
        }
        function main { build "$(target)"; }
        """,
    )

    assert definitions(found) == ["constant LIMIT", "variable name", "function build", "function main"]
    assert docs(found) == {"build": "Builds all."}
    assert names(found, "call") == {"compile", "filter", "build", "target"}
    assert imports(found) == [("./lib.sh", ()), ("/more.sh", ())]


def test_lua_functions_in_tables() -> None:
    found = read(
        "lua",
        """\
        local json = require("lib.json")
        local Store = { limit = 10, sizes = { small = function() end } }
        --- Opens it.
        function Store.open(path) return json.decode(path) end
        function Store:close() self:flush() end
        Store.find = function(query) return run(query) end
        local function helper() local t = {} end
        local short = function() end
        return Store
        """,
    )

    assert definitions(found) == [
        "variable Store",
        "method Store.sizes.small",
        "function Store.open",
        "method Store.close",
        "function Store.find",
        "function helper",
        "function short",
    ]
    assert docs(found)["Store.open"].endswith("Opens it.")
    assert {"decode", "flush", "run"} <= names(found, "call")
    assert imports(found) == [("lib.json", ())]


def test_haskell_types_classes_and_instances() -> None:
    found = read(
        "haskell",
        """\
        module Shop.Store (open) where
        import Data.Map (Map, fromList)
        import qualified Data.Set as Set

        data Shape = Circle Int | Square { side :: Int } deriving (Show, Eq)
        newtype Name = Name { unName :: String }
        type Names = [Name]
        class Eq a => Keeps a where
          keep :: a -> a
        instance Keeps Shape where
          keep = normal . Set.toList
        instance Keeps (Maybe a) where
          keep x = x
        """,
    )

    assert definitions(found) == [
        "module Shop.Store",
        "type Shape",
        "constructor Shape.Circle",
        "constructor Shape.Square",
        "property Shape.Square.side",
        "type Name",
        "constructor Name.Name",
        "property Name.Name.unName",
        "type Names",
        "class Keeps",
        "method Keeps.keep",
        "method Shape.keep",
        "method Maybe.keep",
    ]
    assert bases(found) == {"Shape": ("Show", "Eq", "Keeps"), "Keeps": ("Eq",)}
    assert {"normal", "toList"} <= names(found, "call")
    assert imports(found) == [("Data.Map", ("Map", "fromList")), ("Data.Set", ())]


def test_elixir_modules_functions_and_protocols() -> None:
    found = read(
        "elixir",
        '''\
        defmodule Shop.Store do
          @moduledoc """
          Keeps orders.
          """
          use GenServer
          alias Shop.{Item, Cart}
          import Enum, only: [map: 2]
          @behaviour Keeps
          @limit 10
          @type t :: map
          @callback keep(x :: term) :: term

          @doc "Opens it."
          @spec open(binary) :: t
          def open(path) when is_binary(path), do: Cart.load(path) |> check()
          defp check(%Item{} = item), do: item
          defmacro twice(x), do: x
          defdelegate size(x), to: Cart
        end

        defprotocol Shape do
          def area(x)
        end

        defimpl Shape, for: Shop.Store do
          def area(x), do: x
        end
        ''',
    )

    assert definitions(found) == [
        "module Shop.Store",
        "constant Shop.Store.limit",
        "type Shop.Store.t",
        "method Shop.Store.keep",
        "function Shop.Store.open",
        "function Shop.Store.check",
        "macro Shop.Store.twice",
        "function Shop.Store.size",
        "protocol Shape",
        "method Shape.area",
        "method Shop.Store.area",
    ]
    assert bases(found) == {"Shop.Store": ("GenServer", "Keeps", "Shape")}
    assert docs(found) == {"Shop.Store": "Keeps orders.", "Shop.Store.open": "Opens it."}
    assert {"load", "check"} <= names(found, "call")
    assert imports(found) == [("GenServer", ()), ("Shop", ("Item", "Cart")), ("Enum", ())]


def test_zig_containers_functions_and_tests() -> None:
    found = read(
        "zig",
        """\
        const std = @import("std");
        const Item = @import("item.zig").Item;
        /// Keeps orders.
        pub const Store = struct {
            size: u32 = 1,
            const Self = @This();
            pub const limit = 10;
            pub fn find(self: *Store, query: Query) !Item {
                return std.mem.copy(open(query), Request{ .size = 1 });
            }
            const State = enum { idle, busy };
        };
        const Value = union(enum) { int: u8 };
        const Failure = error{ Missing };
        pub fn List(comptime T: type) type {
            return struct { items: []T, pub fn push() void {} };
        }
        test "it finds" {}
        """,
    )

    assert definitions(found) == [
        "struct Store",
        "field Store.size",
        "constant Store.limit",
        "method Store.find",
        "enum Store.State",
        "constant Store.State.idle",
        "constant Store.State.busy",
        "union Value",
        "field Value.int",
        "enum Failure",
        "function List",
        "function List.push",
        "function it finds",
    ]
    assert docs(found) == {"Store": "Keeps orders."}
    assert {"copy", "open"} <= names(found, "call")
    assert {"Query", "Item", "Request"} <= names(found, "type")
    assert imports(found) == [("std", ()), ("item.zig", ())]


def test_haskell_signature_and_equations_are_one_function() -> None:
    found = read(
        "haskell",
        """\
        -- Halves it.
        half :: Int -> Int
        half 0 = 0
        half n
          | even n = div n 2
          | otherwise = half (n - 1)

        (<+>) :: Int -> Int -> Int
        x <+> y = x
        """,
    )

    assert definitions(found) == ["function half", "function <+>"]
    assert [(item.start_line, item.end_line) for item in found.definitions] == [(2, 6), (8, 9)]
    assert docs(found) == {"half": "Halves it."}


def test_elixir_clauses_are_one_function_and_struct_fields_have_bare_names() -> None:
    found = read(
        "elixir",
        """\
        defmodule A do
          defstruct [:size, color: 1]
          def f(0), do: 0
          def f(x) when x > 0 do
            f(x - 1)
          end
          def g(x), do: x
        end
        """,
    )

    assert definitions(found) == ["module A", "field A.size", "field A.color", "function A.f", "function A.g"]
    assert [(item.start_line, item.end_line) for item in found.definitions][3] == (3, 6)


def test_ruby_symbols_that_make_members_name_them() -> None:
    found = read("ruby", "class A\n  attr_accessor :left, :right\n  define_method(:go) { }\nend\n")

    assert definitions(found) == ["class A", "property A.left", "property A.right", "method A.go"]


def test_scala_import_is_the_whole_path_and_functions_end_with_their_text() -> None:
    found = read("scala", "import a.b.{C, D => E}\nobject O {\n  def f = 1\n\n  def g = 2\n}\n")

    assert imports(found) == [("a.b", ("C", "D"))]
    assert [item.end_line for item in found.definitions] == [6, 3, 5]


def test_php_files_included_by_either_kind_of_string() -> None:
    found = read(
        "php",
        """\
        <?php
        require 'a.php';
        include "b.php";
        require __DIR__ . "/c.php";
        require_once(__DIR__ . '/d.php');
        """,
    )

    assert imports(found) == [("a.php", ()), ("b.php", ()), ("/c.php", ()), ("/d.php", ())]


def test_haskell_documentation_marks_are_taken_off() -> None:
    found = read("haskell", "-- | Halves it.\n-- Twice.\nhalf :: Int\nhalf = 1\n\n{-| A block. -}\nother = 2\n")

    assert docs(found) == {"half": "Halves it.\nTwice.", "other": "A block."}


def test_elixir_documentation_stands_before_specifications_and_the_function() -> None:
    found = read(
        "elixir",
        '''\
        defmodule A do
          @doc "Adds."
          @spec f(integer) :: integer
          @impl true
          @since "1.0"
          def f(x), do: x

          @doc false
          def left <~ right, do: left + right

          @doc """
          Called later.
          """
          @callback later(integer) :: integer
        end
        ''',
    )

    assert definitions(found) == ["module A", "function A.f", "function A.<~", "method A.later"]
    assert docs(found) == {"A.f": "Adds.", "A.later": "Called later."}


def test_csharp_conditional_before_an_else_makes_no_function_named_if() -> None:
    found = parse_file(
        "a.cs",
        b"class A {\n  void F() {\n    if (x) { G(); }\n#if WITH_H\n    else if (y) { H(); }\n#endif\n  }\n}\n",
    )

    assert [item.qualified_name for item in found.definitions] == ["A", "A.F"]
    assert found.note == ""


def test_ruby_names_from_the_top_lose_their_colons() -> None:
    found = parse_file("a.rb", b"class ::Parent\n  def x; end\nend\nmodule ::A::B; end\n")

    assert [item.qualified_name for item in found.definitions] == ["Parent", "Parent.x", "A.B"]
