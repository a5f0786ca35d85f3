package io.slackwater.pricing.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.testing.Books;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The published schema and the reader say the same of a book's shape: whatever the reader takes the
 * schema takes, and what the reader refuses for its shape the schema refuses too.
 */
class RuleBookSchemaTest {

    private static final Path BOOKS = Path.of("jobs", "books");
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    private static final JsonNode DOCUMENT = parse(text(BOOKS.resolve("rule-book.schema.json")));
    private static final JsonSchemaFactory FACTORY =
            JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final JsonSchema SCHEMA = FACTORY.getSchema(DOCUMENT);

    /**
     * The faults that no schema can see, for they lie between fields, or in what a text or number
     * means. Every other fault is one of shape.
     */
    private static final Pattern FAULT_OF_MEANING =
            Pattern.compile(
                    String.join(
                            "|",
                            "CURRENCY_UNKNOWN",
                            "NUMBER_TOO_LONG",
                            ".*_NOT_A_TIME",
                            "EFFECTIVE_TO_NOT_AFTER_FROM",
                            "DEFAULT_TIER_UNKNOWN",
                            "SCOPE_TIER_UNKNOWN",
                            "SCOPE_REGION_UNKNOWN",
                            "RULE_ID_DUPLICATE",
                            "RULE_UNREACHABLE",
                            "BAND_NEVER_MATCHES",
                            "LAST_BAND_CONDITIONAL",
                            "RESTOCKING_RANGE_EMPTY",
                            "FLOOR_ABOVE_CEILING",
                            "LIMITS_LEAVE_NO_PRICE",
                            ".*_NOT_IN_MINOR_UNITS",
                            ".*_TOO_FINE",
                            ".*_UNPAIRED_SURROGATE",
                            "SCOPE_TOO_WIDE",
                            "BOOK_TOO_WIDE",
                            "TOO_MANY_SEGMENTS",
                            "TOO_MANY_REGION_WAREHOUSES",
                            "TOO_MANY_FAULTS"));

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static boolean isOfShape(Reason reason, JsonNode book) {
        if (reason.reason().endsWith("_NOT_INTEGER")) {
            // To JSON Schema 7.0 is an integer; the reader wants it spelled as one.
            JsonNode value = book.at(reason.path());
            return !value.isNumber() || !value.canConvertToExactIntegral();
        }
        if (reason.reason().matches("EFFECTIVE_(FROM|TO)_OUT_OF_RANGE")) {
            // A time as text has its meaning only when it is read.
            return book.at(reason.path()).isNumber();
        }
        return !FAULT_OF_MEANING.matcher(reason.reason()).matches();
    }

    /** Holds the two together for one document. Answers what the reader says. */
    private static List<Reason> compare(String text) {
        List<Reason> reasons = RuleBookReader.read(text.getBytes(UTF_8)).reasons();
        JsonNode book = parse(text);
        Set<String> refusals =
                SCHEMA.validate(book).stream()
                        .map(Object::toString)
                        .collect(Collectors.toCollection(TreeSet::new));
        if (reasons.isEmpty()) {
            assertEquals(Set.of(), refusals, () -> "the reader takes " + text);
        } else if (reasons.stream().anyMatch(reason -> isOfShape(reason, book))) {
            assertFalse(
                    refusals.isEmpty(),
                    () -> "the schema takes " + text + ", the reader not: " + reasons);
        }
        return reasons;
    }

    @Test
    void isAnHonestSchemaThatNeedsNoOtherHost() {
        assertEquals(DIALECT, DOCUMENT.get("$schema").textValue());
        assertEquals("urn:slackwater:rule-book", DOCUMENT.get("$id").textValue());
        JsonSchema dialect = FACTORY.getSchema(SchemaLocation.of(DIALECT));
        assertEquals(Set.of(), dialect.validate(DOCUMENT));
        DOCUMENT.findValues("$ref")
                .forEach(
                        ref -> {
                            String target = ref.textValue();
                            assertTrue(target.startsWith("#/$defs/"), target);
                            assertFalse(DOCUMENT.at(target.substring(1)).isMissingNode(), target);
                        });
    }

    @Test
    void namesEveryFieldOfTheReader() {
        assertEquals(RuleBookReader.BOOK_FIELDS, fields("/properties"));
        assertEquals(
                RuleBookReader.TIER_FIELDS,
                fields("/properties/tiers/additionalProperties/properties"));
        assertEquals(RuleReader.SCOPE_FIELDS, fields("/$defs/scope/properties"));
        assertEquals(RuleBodies.BAND_FIELDS, fields("/$defs/band/properties"));
        for (Kind kind : Kind.values()) {
            List<String> expected = new ArrayList<>(RuleReader.RULE_FIELDS);
            expected.addAll(RuleBodies.fields(kind));
            assertEquals(expected, fields("/$defs/" + kind.text() + "/properties"));
            assertFalse(
                    DOCUMENT.at("/$defs/" + kind.text() + "/additionalProperties").booleanValue());
        }
        // Editors explain every field.
        for (JsonNode properties : DOCUMENT.findValues("properties")) {
            properties
                    .properties()
                    .forEach(
                            field -> {
                                String target = field.getValue().path("$ref").asText("#");
                                boolean titled =
                                        field.getValue().has("title")
                                                || DOCUMENT.at(target.substring(1)).has("title")
                                                || field.getKey().equals("kind");
                                assertTrue(titled, field::getKey);
                            });
        }
    }

    private static List<String> fields(String pointer) {
        return StreamSupport.stream(
                        ((Iterable<String>) () -> DOCUMENT.at(pointer).fieldNames()).spliterator(),
                        false)
                .toList();
    }

    /** A limit changed here or there, or a new one, fails. */
    @Test
    void hasTheLimitsOfTheReaderAndNoOthers() {
        Map<String, String> expected = new TreeMap<>();
        expected.put("/properties/version/minimum", "1");
        expected.put("/properties/version/maximum", "" + RuleBookReader.MAX_VERSION);
        expected.put("/properties/comment/maxLength", "" + RuleBookReader.MAX_COMMENT);
        expected.put("/properties/tiers/minProperties", "1");
        expected.put("/properties/tiers/maxProperties", "" + RuleBookReader.MAX_TIERS);
        expected.put("/properties/regions/maxProperties", "" + RuleBookReader.MAX_REGIONS);
        expected.put("/properties/rules/maxItems", "" + RuleReader.MAX_RULES);
        expected.put(
                "/$defs/rule/properties/kind/enum",
                Arrays.stream(Kind.values()).map(Kind::text).toList().toString());
        expected.put("/$defs/quantity_bands/properties/bands/minItems", "1");
        expected.put("/$defs/quantity_bands/properties/bands/maxItems", "" + RuleBodies.MAX_BANDS);
        expected.put("/$defs/band/properties/below/minimum", "" + Long.MIN_VALUE);
        expected.put("/$defs/band/properties/below/maximum", "" + Long.MAX_VALUE);
        expected.put("/$defs/promotion/properties/percent_off/exclusiveMinimum", "0");
        expected.put(
                "/$defs/promotion/properties/percent_off/exclusiveMaximum", "" + Range.PERCENT.max);
        expected.put("/$defs/promotion/properties/stacking/enum", RuleBodies.STACKINGS.toString());
        expected.put("/$defs/rounding/properties/mode/enum", RuleBodies.MODES.toString());
        String tooLarge = "1" + "0".repeat(Amounts.MAX_DIGITS_BEFORE_POINT);
        expected.put("/$defs/rounding/properties/ending/minimum", "0");
        expected.put("/$defs/rounding/properties/ending/exclusiveMaximum", tooLarge);
        expected.put("/$defs/hold/properties/min_seconds/minimum", "1");
        expected.put(
                "/$defs/hold/properties/min_seconds/maximum", "" + RuleBodies.MAX_HOLD_SECONDS);
        expected.put("/$defs/priority/minimum", "" + Integer.MIN_VALUE);
        expected.put("/$defs/priority/maximum", "" + Integer.MAX_VALUE);
        expected.put("/$defs/time/minimum", "" + Instants.EARLIEST);
        expected.put("/$defs/time/maximum", "" + Instants.MAX);
        expected.put("/$defs/days/minimum", "0");
        expected.put("/$defs/days/maximum", "" + RuleBodies.MAX_DAYS);
        expected.put("/$defs/multiplier/exclusiveMinimum", "0");
        expected.put("/$defs/multiplier/maximum", "" + Range.MULTIPLIER.max);
        expected.put("/$defs/amount/exclusiveMinimum", "0");
        expected.put("/$defs/amount/exclusiveMaximum", tooLarge);
        expected.put("/$defs/names/minItems", "1");
        expected.put("/$defs/name/maxLength", "" + Texts.MAX_LENGTH);

        Map<String, String> limits = new TreeMap<>();
        collectLimits("", DOCUMENT, limits);
        assertEquals(expected, limits);

        // Limits that a schema cannot set are told in words.
        assertTrue(
                DOCUMENT.at("/$defs/promotion/description")
                        .textValue()
                        .contains(" " + RuleReader.MAX_SEGMENTS + " different segments"));
        assertTrue(
                DOCUMENT.at("/properties/regions/description")
                        .textValue()
                        .contains(
                                "At most %,d warehouses"
                                        .formatted(RuleBookReader.MAX_REGION_WAREHOUSES)));
    }

    private static void collectLimits(String pointer, JsonNode node, Map<String, String> limits) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                String at = pointer + "/" + field.getKey();
                JsonNode value = field.getValue();
                if (value.isNumber() && !field.getKey().equals("default")) {
                    limits.put(at, value.asText());
                } else if (field.getKey().equals("enum")) {
                    List<String> words = new ArrayList<>();
                    value.forEach(word -> words.add(word.textValue()));
                    limits.put(at, words.toString());
                } else if (!field.getKey().equals("examples")) {
                    collectLimits(at, value, limits);
                }
            }
        }
    }

    @Test
    void takesTheNamesThatTheReaderTakes() {
        Pattern name = Pattern.compile(DOCUMENT.at("/$defs/name/pattern").textValue());
        for (char c = 0; c < Character.MAX_VALUE; c++) {
            if (!Character.isSurrogate(c)) {
                // Closed by a letter that cannot be the end of a line, which Java passes over.
                for (String text : List.of("" + c, c + "a", "a" + c + "a", " " + c + " ")) {
                    assertEquals(
                            Texts.fault(text) == null,
                            name.matcher(text).matches(),
                            "U+" + Integer.toHexString(c));
                }
            }
        }
    }

    /** Those of the reader's test that are JSON documents at all. */
    static Stream<Arguments> faultyDocuments() {
        return RuleBookReaderTest.faultyBooks()
                .filter(
                        arguments -> {
                            String text = (String) arguments.get()[0];
                            String fault = ((String) arguments.get()[1]).split(" ")[0];
                            // The validator writes such numbers out, zero by zero.
                            boolean explodes =
                                    Pattern.compile("e-?9{9}|9{1000}").matcher(text).find();
                            return !DOCUMENT_FAULTS.contains(fault) && !explodes;
                        });
    }

    private static final Set<String> DOCUMENT_FAULTS =
            Set.of(
                    "EMPTY_DOCUMENT",
                    "NOT_AN_OBJECT",
                    "DUPLICATE_FIELD",
                    "TRAILING_DATA",
                    "TRUNCATED_DOCUMENT",
                    "NOT_A_NUMBER",
                    "MALFORMED_JSON",
                    "NESTING_TOO_DEEP");

    @ParameterizedTest
    @MethodSource("faultyDocuments")
    void refusesWhatTheReaderRefusesForItsShape(String document, String fault) {
        assertFalse(compare(document).isEmpty(), fault);
    }

    /** A book with everything in it, from which the mutations start. */
    private static final String RICH =
            Books.book(7)
                    .from(1_795_000_000_000L)
                    .comment("everything")
                    .force()
                    .region("north", "N1", "N2")
                    .region("south", "S1")
                    .rule(Books.SCARCITY)
                    .rule(
                            Books.bands(
                                            "toys",
                                            "{\"below\":5,\"restocking_over\":3,\"restocking_at_most\":9,\"price\":1.5}",
                                            "{\"price\":2}")
                                    .categories("toys")
                                    .tiers("basic")
                                    .warehouses("N1", "S1"))
                    .rule(Books.regional("tax", "1.05").regions("north").priority(3))
                    .rule(
                            Books.percentOff("sale", "12.5")
                                    .from(1_795_248_000_000L)
                                    .to(1_795_248_000_001L)
                                    .products("p"))
                    .rule(Books.amountOff("loyal", "0.50").segment("loyal").exclusive())
                    .rule(Books.limits("limits", "0.5", "99"))
                    .rule(Books.rounding("even", "0.05", "HALF_EVEN"))
                    .rule(Books.ending("charm", "0.99").products("p", "q"))
                    .rule(Books.hold("calm", 60))
                    .json();

    /** Values that some field may take, and some that none may. */
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "-1",
                    "1",
                    "5",
                    "7",
                    "60",
                    "-5",
                    "1.5",
                    "0.5",
                    "0.25",
                    "99.99",
                    "100",
                    "100.01",
                    "1000",
                    "1000.01",
                    "7.0",
                    "36500",
                    "36501",
                    "31536000",
                    "31536001",
                    "2147483647",
                    "2147483648",
                    "-2147483649",
                    "9223372036854775806",
                    "9223372036854775807",
                    "9223372036854775808",
                    "999999999999999999.5",
                    "1000000000000000000",
                    "1e18",
                    "1e40",
                    "1e-40",
                    "0.00000001",
                    "0.000000001",
                    "946684799999",
                    "946684800000",
                    "1795248000",
                    "1795248000000",
                    "253402300799999",
                    "253402300800000",
                    "\"\"",
                    "\" \"",
                    "\"x\"",
                    "\"p\"",
                    "\"EUR\"",
                    "\"JPY\"",
                    "\"eur\"",
                    "\"EURO\"",
                    "\"basic\"",
                    "\"north\"",
                    "\"S1\"",
                    "\"\\u0007\"",
                    "\"a\\nb\"",
                    "\"\\u00a0\"",
                    "\"\\ufeff\"",
                    "\"2026-11-21T08:00:00Z\"",
                    "\"2026-11-21T09:00+01:00\"",
                    "\"2026-11-21t08:00:00.123456789z\"",
                    "\"2026-11-21T08:00:00+0100\"",
                    "\"2026-11-21T08:00:00+01\"",
                    "\"2026-11-21T08:00:00,5Z\"",
                    "\"2026-11-21T08:00:00,Z\"",
                    "\"2026-11-21T08:00,5Z\"",
                    "\"1999-11-21T08:00:00Z\"",
                    "\"2026-11-21T08:00:00.Z\"",
                    "\"2026-11-21T08:00:00+01:00:30\"",
                    "\"1969-11-21T08:00:00Z\"",
                    "\"2026-02-30T08:00:00Z\"",
                    "\"2026-11-21\"",
                    "\"HALF_UP\"",
                    "\"DOWN\"",
                    "\"CEILING\"",
                    "\"exclusive\"",
                    "\"stackable\"",
                    "\"quantity_bands\"",
                    "\"regional\"",
                    "\"promotion\"",
                    "\"limits\"",
                    "\"rounding\"",
                    "\"hold\"",
                    "\"magic\"",
                    "[]",
                    "[\"p\"]",
                    "[\"p\",\"p\"]",
                    "[\"basic\"]",
                    "[\"north\",\"south\"]",
                    "[1]",
                    "[\"\"]",
                    "[{}]",
                    "{}",
                    "{\"base_price\":5}",
                    "[{\"price\":1}]",
                    "{\"price\":1}",
                    "{\"multiplier\":1,\"price\":1}",
                    "{\"tiers\":[\"basic\"]}",
                    "{\"regions\":[\"north\"]}",
                    "\"" + "n".repeat(256) + "\"",
                    "\"" + "n".repeat(257) + "\"");

    @Test
    void agreesWithTheReaderOnMutatedBooks() {
        assertEquals(List.of(), compare(RICH));
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Set<String> fields = new TreeSet<>(Set.of("x", "$schema"));
        DOCUMENT.findValues("properties")
                .forEach(properties -> properties.fieldNames().forEachRemaining(fields::add));
        List<String> names = List.copyOf(fields);
        int taken = 0;
        Set<String> faults = new TreeSet<>();
        int books = Integer.getInteger("books", 6_000);
        for (int i = 0; i < books; i++) {
            ObjectNode book = (ObjectNode) parse(RICH);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                mutate(book, names, random);
            }
            String text = book.toString();
            try {
                List<Reason> reasons = compare(text);
                reasons.forEach(reason -> faults.add(reason.reason()));
                taken += reasons.isEmpty() ? 1 : 0;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ", book " + i + ": " + text, failure);
            }
        }
        System.out.println(taken + " of " + books + " taken, " + faults.size() + " kinds of fault");
        assertTrue(taken > books / 20, "only " + taken + " are taken, seed " + seed);
        assertTrue(faults.size() > 60, "only these faults, seed " + seed + ": " + faults);
    }

    /** Changes something somewhere in a book. */
    private static void mutate(ObjectNode book, List<String> names, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collectContainers(book, containers);
        JsonNode value = parse(VALUES.get(random.nextInt(VALUES.size())));
        JsonNode container = containers.get(random.nextInt(containers.size()));
        if (container instanceof ObjectNode object) {
            List<String> own = new ArrayList<>();
            object.fieldNames().forEachRemaining(own::add);
            String name = own.isEmpty() ? "x" : own.get(random.nextInt(own.size()));
            switch (random.nextInt(5)) {
                case 0 -> object.remove(name);
                case 1 -> object.set(names.get(random.nextInt(names.size())), value);
                case 2 -> {
                    List<JsonNode> same = book.findValues(name);
                    JsonNode other = same.isEmpty() ? value : same.get(random.nextInt(same.size()));
                    object.set(name, other.deepCopy());
                }
                default -> object.set(name, value);
            }
        } else {
            ArrayNode list = (ArrayNode) container;
            int at = random.nextInt(list.size() + 1);
            switch (random.nextInt(4)) {
                case 0 -> list.insert(at, value);
                case 1 -> list.insert(at, list.isEmpty() ? value : list.get(0).deepCopy());
                default -> {
                    if (at < list.size()) {
                        list.remove(at);
                    }
                }
            }
        }
    }

    private static void collectContainers(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collectContainers(child, containers));
        }
    }

    @Test
    void takesEveryBookOfTheRepository() throws IOException {
        ObjectMapper yaml =
                YAMLMapper.builder()
                        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .build();
        List<Path> books;
        try (Stream<Path> files = Files.walk(BOOKS)) {
            books =
                    files.filter(
                                    file ->
                                            file.toString().matches(".*\\.(json|yaml|yml)")
                                                    && !file.toString().endsWith(".schema.json"))
                            .sorted()
                            .toList();
        }
        assertTrue(books.size() >= 2, books::toString);
        for (Path file : books) {
            // YAML holds JSON too.
            ObjectNode book = (ObjectNode) yaml.readTree(text(file));
            if (!book.has("version")) {
                book.put("version", 1); // A draft: publishing gives it the next version.
            }
            assertEquals(List.of(), compare(book.toString()), file::toString);
            assertNotNull(RuleBookReader.read(book.toString().getBytes(UTF_8)).book());
        }
    }
}
