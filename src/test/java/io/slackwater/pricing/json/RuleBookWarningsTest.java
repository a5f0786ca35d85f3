package io.slackwater.pricing.json;

import static io.slackwater.pricing.testing.Books.amountOff;
import static io.slackwater.pricing.testing.Books.bands;
import static io.slackwater.pricing.testing.Books.book;
import static io.slackwater.pricing.testing.Books.ending;
import static io.slackwater.pricing.testing.Books.hold;
import static io.slackwater.pricing.testing.Books.limits;
import static io.slackwater.pricing.testing.Books.percentOff;
import static io.slackwater.pricing.testing.Books.regional;
import static io.slackwater.pricing.testing.Books.rounding;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Books.RuleText;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is allowed in a book and yet looks like a mistake. */
class RuleBookWarningsTest {

    /** Before every end of the tests that do not speak of it. */
    private static final long NOW = 0;

    /** {@code WARNING path} of every warning of a book that the reader takes. */
    private static List<String> warnings(Books book) {
        assertNotNull(book.read());
        return warnings(book.json());
    }

    private static List<String> warnings(String document) {
        List<Reason> warnings = RuleBookReader.warnings(document.getBytes(UTF_8), NOW, 0);
        warnings.forEach(w -> assertTrue(w.message().endsWith("."), w::message));
        return warnings.stream().map(w -> w.reason() + " " + w.path()).toList();
    }

    private static List<String> exclusives(Books book) {
        return warnings(book).stream().filter(w -> w.startsWith("EXCLUSIVE")).toList();
    }

    @Test
    void saysNothingOfAnOrdinaryBook() {
        Books book =
                book(1).region("north", "N1")
                        .rule(Books.SCARCITY)
                        .rule(regional("tax", "1.1").regions("north"))
                        .rule(percentOff("sale", "70"))
                        .rule(ending("charm", "0.99"))
                        .rule(rounding("even", "0.05", "HALF_EVEN").products("p"));

        assertEquals(List.of(), warnings(book));
    }

    @Test
    void namesFieldsOfTheBookThatAreIgnored() {
        String document =
                book(1).json().replaceFirst("\\{", "{\"\\$schema\":\"x\",\"default/teir\":\"a\",");

        assertEquals(List.of("UNKNOWN_FIELD_IGNORED /default~1teir"), warnings(document));
    }

    @Test
    void looksForNothingWhereRulesIsNoList() {
        for (String rules : List.of("{\"a\":{\"percent_off\":90}}", "null", "7", "[null,7,[]]")) {
            assertEquals(List.of(), warnings("{\"rules\":" + rules + "}"), rules);
        }
    }

    @Test
    void namesRegionsThatNoRuleNames() {
        Books book =
                book(1).region("north", "N1")
                        .region("a/b", "N1")
                        .rule(regional("tax", "1.1").regions("north"));

        assertEquals(List.of("REGION_UNUSED /regions/a~1b"), warnings(book));
    }

    @Test
    void namesWhatDoesNotMatterBesideAnEnding() {
        RuleText both = ending("r", "0.99").with("increment", "0.05").with("mode", "\"HALF_UP\"");

        assertEquals(
                List.of("ENDING_DECIDES /rules/0/increment", "ENDING_DECIDES /rules/0/mode"),
                warnings(book(1).rule(both)));
    }

    @Test
    void namesHighPercentages() {
        Books book = book(1).rule(percentOff("a", "70.01")).rule(percentOff("b", "70"));

        assertEquals(List.of("PERCENT_OFF_HIGH /rules/0/percent_off"), warnings(book));
    }

    @Test
    void namesExclusivePromotionsOfASegmentThatMayGiveLess() {
        List<String> warned = List.of("EXCLUSIVE_MAY_GIVE_LESS /rules/0");
        RuleText loyal = percentOff("loyal", "20").segment("loyal").exclusive();
        assertEquals(List.of(), exclusives(book(1).rule(loyal)));
        assertEquals(List.of(), exclusives(book(1).rule(loyal).rule(percentOff("all", "20"))));
        assertEquals(warned, exclusives(book(1).rule(loyal).rule(percentOff("all", "20.1"))));
        // Two that each give less, but not together.
        assertEquals(
                warned,
                exclusives(
                        book(1).rule(loyal)
                                .rule(percentOff("all", "15"))
                                .rule(percentOff("too", "6"))));
        // What is more, an amount or a percentage, depends on the price.
        assertEquals(warned, exclusives(book(1).rule(loyal).rule(amountOff("all", "0.01"))));
        RuleText fiver = amountOff("loyal", "5").segment("loyal").exclusive();
        assertEquals(List.of(), exclusives(book(1).rule(fiver).rule(amountOff("all", "5"))));
        assertEquals(warned, exclusives(book(1).rule(fiver).rule(amountOff("all", "5.01"))));
        assertEquals(warned, exclusives(book(1).rule(fiver).rule(percentOff("all", "1"))));
        // Promotions of another segment, or of the same that go with others, are no matter.
        assertEquals(
                List.of(),
                exclusives(book(1).rule(loyal).rule(percentOff("staff", "50").segment("staff"))));
        assertEquals(
                List.of(),
                exclusives(
                        book(1).rule(percentOff("loyal", "5").segment("loyal"))
                                .rule(percentOff("all", "20"))));
    }

    @Test
    void knowsWhichPromotionsNeverMeet() {
        RuleText loyal = percentOff("loyal", "20").segment("loyal").exclusive();
        RuleText north = percentOff("loyal", "20").segment("loyal").exclusive().regions("north");
        RuleText depot = percentOff("loyal", "20").segment("loyal").exclusive().warehouses("N1");
        Books books = book(1);
        assertEquals(
                List.of(),
                warnings(
                        books.rule(loyal.from(1_000).to(20_000).products("p"))
                                .rule(percentOff("before", "50").to(1_000))
                                .rule(percentOff("after", "50").from(20_000))
                                .rule(percentOff("another", "50").products("q"))));
        List<String> warned = List.of("EXCLUSIVE_MAY_GIVE_LESS /rules/0");
        assertEquals(List.of(), warnings(places(north).rule(half().regions("south"))));
        assertEquals(warned, warnings(places(north).rule(half().regions("south", "coast"))));
        assertEquals(List.of(), warnings(places(north).rule(half().warehouses("S1"))));
        assertEquals(warned, warnings(places(north).rule(half().warehouses("S1", "N1"))));
        assertEquals(List.of(), warnings(places(depot).rule(half().regions("south"))));
        assertEquals(warned, warnings(places(depot).rule(half().regions("coast"))));
    }

    private static RuleText half() {
        return percentOff("all", "50");
    }

    /** Regions, all of them in use. */
    private static Books places(RuleText first) {
        return book(1).region("north", "N1")
                .region("coast", "N1", "S1")
                .region("south", "S1")
                .rule(first)
                .rule(hold("h", 1).regions("north", "coast", "south"));
    }

    // ---- times

    private static List<String> warningsAt(String now, String document) {
        return RuleBookReader.warnings(document.getBytes(UTF_8), Instants.parse(now)).stream()
                .map(w -> w.reason() + " " + w.path())
                .toList();
    }

    private static String sale(String from, String to, String... more) {
        StringBuilder rules = new StringBuilder();
        String[] times = {from, to};
        for (int i = 0; i < 2 + more.length; i += 2) {
            String begin = i < 2 ? times[0] : more[i - 2];
            String end = i < 2 ? times[1] : more[i - 1];
            rules.append(i == 0 ? "" : ",")
                    .append(
                            "{\"rule_id\":\"r%d\",\"kind\":\"promotion\",\"percent_off\":%d"
                                    .formatted(i, 10 + i))
                    .append(begin == null ? "" : ",\"effective_from\":" + begin)
                    .append(end == null ? "" : ",\"effective_to\":" + end)
                    .append('}');
        }
        return "{\"rules\":[" + rules + "]}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-30T23:59:59Z",
                "2026-11-30T23:59:59.999Z",
                "2026-11-30T23:59:59+01:00"
            })
    void namesEndsAtTheLastSecondOfADay(String end) {
        String book = sale(null, '"' + end + '"');

        assertEquals(
                List.of("END_IS_EXCLUSIVE /rules/0/effective_to"),
                warningsAt("2026-11-01T00:00:00Z", book));
        assertEquals(
                List.of("END_IS_EXCLUSIVE /effective_to"),
                warningsAt(
                        "2026-11-01T00:00:00Z",
                        "{\"effective_to\":\"2026-11-30T23:59:59Z\",\"rules\":[]}"));
    }

    @Test
    void namesTheGapBeforeWhatBeginsASecondLater() {
        String gap =
                sale(
                        "\"2026-11-20T00:00:00Z\"",
                        "\"2026-11-21T11:14:59Z\"",
                        "\"2026-11-21T11:15:00Z\"",
                        "\"2026-11-22T00:00:00Z\"");
        List<Reason> warnings =
                RuleBookReader.warnings(
                        gap.getBytes(UTF_8), Instants.parse("2026-11-01T00:00:00Z"));

        assertEquals("END_IS_EXCLUSIVE", warnings.get(0).reason());
        assertTrue(
                warnings.get(0).message().contains("2026-11-21T11:15:00.000Z a gap remains"),
                warnings.get(0)::message);
        assertEquals(
                List.of(),
                warningsAt("2026-11-01T00:00:00Z", gap.replace("11:14:59Z", "11:15:00Z")));
        assertEquals(
                List.of(),
                warningsAt("2026-11-01T00:00:00Z", gap.replace("11:14:59Z", "11:14:50Z")));
    }

    @Test
    void namesTimesInAnotherUnitThanMilliseconds() {
        for (String[] unit :
                List.of(
                        new String[] {"1795824000", "SECONDS"},
                        new String[] {"1795824000000000", "MICROSECONDS"},
                        new String[] {"1795824000000000000", "NANOSECONDS"})) {
            assertTrue(
                    warningsAt("2026-11-01T00:00:00Z", sale(unit[0], null))
                            .contains("TIME_IN_" + unit[1] + " /rules/0/effective_from"),
                    unit[1]);
            assertTrue(
                    warningsAt("2026-11-01T00:00:00Z", "{\"effective_to\":" + unit[0] + "}")
                            .contains("TIME_IN_" + unit[1] + " /effective_to"),
                    unit[1]);
        }
        assertEquals(List.of(), warningsAt("2026-11-01T00:00:00Z", sale("1795824000000", null)));
    }

    @Test
    void namesWhatIsOverAndABookThatIsOverOnce() {
        String over = sale(null, "\"2026-11-21T08:00:00Z\"");
        assertEquals(
                List.of("RULE_IS_OVER /rules/0/effective_to"),
                warningsAt("2026-11-21T08:00:00Z", over));
        assertEquals(List.of(), warningsAt("2026-11-21T07:59:59Z", over));
        String book = over.replaceFirst("\\{", "{\"effective_to\":\"2026-11-21T08:00:00Z\",");
        assertEquals(
                List.of("BOOK_IS_OVER /effective_to"), warningsAt("2026-11-21T08:00:00Z", book));
    }

    // ---- names

    @Test
    void namesNamesWithBlanksAtTheirEnds() {
        Books book =
                book(1).region(" north", "WH1\u00a0")
                        .rule(regional("tax ", "1.1").regions(" north"))
                        .rule(
                                percentOff("a", "5")
                                        .segment("loyal\u200b")
                                        .products("p", " q")
                                        .categories("c ")
                                        .warehouses("\u3000W"));

        assertEquals(
                List.of(
                        "BLANK_AT_THE_END /regions/ north",
                        "BLANK_AT_THE_END /regions/ north/0",
                        "BLANK_AT_THE_END /rules/0/rule_id",
                        "BLANK_AT_THE_END /rules/0/scope/regions/0",
                        "BLANK_AT_THE_END /rules/1/segment",
                        "BLANK_AT_THE_END /rules/1/scope/product_ids/1",
                        "BLANK_AT_THE_END /rules/1/scope/categories/0",
                        "BLANK_AT_THE_END /rules/1/scope/warehouse_ids/0"),
                warnings(book));
        assertEquals(
                List.of(
                        "BLANK_AT_THE_END /book_id",
                        "BLANK_AT_THE_END /default_tier",
                        "BLANK_AT_THE_END /tiers/gold ",
                        "NAMES_ALIKE /tiers/gold "),
                warnings(
                        "{\"book_id\":\"default \",\"default_tier\":\" gold\",\"tiers\":{\"Gold\":{},\"gold \":{}}}"));
    }

    @Test
    void namesSegmentsThatDifferInCaseOnly() {
        Books book =
                book(1).rule(percentOff("a", "5").segment("loyal"))
                        .rule(percentOff("b", "6").segment("Loyal"));

        assertEquals(List.of("NAMES_ALIKE /rules/1/segment"), warnings(book));
    }

    // ---- amounts

    @Test
    void namesAmountsThatMayLeaveNothingToPay() {
        List<String> warned = List.of("NOTHING_LEFT_TO_PAY /rules/0");
        RuleText staff = amountOff("staff", "10").segment("staff");
        assertEquals(warned, warnings(book(1).rule(staff)));
        assertEquals(List.of(), warnings(book(1).rule(amountOff("staff", "2"))));
        // A band's price is known, too; and what counts beside it.
        assertEquals(
                warned,
                warnings(
                        book(1).rule(amountOff("staff", "2"))
                                .rule(bands("few", "{\"price\":1.90}"))));
        assertEquals(
                List.of("NOTHING_LEFT_TO_PAY /rules/0", "NOTHING_LEFT_TO_PAY /rules/1"),
                warnings(book(1).rule(amountOff("a", "2.4")).rule(amountOff("b", "2.6"))));
        // A floor that always counts prevents it, one that may be replaced does not.
        assertEquals(List.of(), warnings(book(1).rule(staff).rule(limits("l", "1", null))));
        assertEquals(
                warned, warnings(book(1).rule(staff).rule(limits("l", "1", null).products("p"))));
        assertEquals(
                warned,
                warnings(
                        book(1).rule(staff)
                                .rule(limits("l", "1", null))
                                .rule(limits("m", null, "99").products("p"))));
    }

    @Test
    void namesPromotionsThatTogetherGiveMuchWhereItBecomesTooMuch() {
        Books book =
                book(1).rule(percentOff("a", "40"))
                        .rule(percentOff("b", "40"))
                        .rule(percentOff("c", "40"))
                        .rule(percentOff("d", "10"));

        assertEquals(
                List.of("PROMOTIONS_TOGETHER_HIGH /rules/2"),
                warnings(book).stream().filter(w -> !w.startsWith("PROMOTION_TWICE")).toList());
    }

    @Test
    void namesPromotionsThatSayTheSame() {
        Books book =
                book(1).rule(percentOff("a", "5").products("p"))
                        .rule(percentOff("b", "5.0").products("p"))
                        .rule(percentOff("c", "5").products("q"));

        assertEquals(List.of("PROMOTION_TWICE /rules/1"), warnings(book));
    }

    @Test
    void namesSharesWherePercentagesAreMeantAndTheOtherWayRound() {
        Books book =
                book(1).rule(percentOff("a", "0.2"))
                        .rule(regional("b", "19"))
                        .rule(
                                bands(
                                        "c",
                                        "{\"below\":5,\"multiplier\":120}",
                                        "{\"multiplier\":0.05}"));

        assertEquals(
                List.of(
                        "PERCENT_OFF_LOW /rules/0/percent_off",
                        "MULTIPLIER_FAR_FROM_ONE /rules/1/multiplier",
                        "MULTIPLIER_FAR_FROM_ONE /rules/2/bands/0/multiplier",
                        "MULTIPLIER_FAR_FROM_ONE /rules/2/bands/1/multiplier"),
                warnings(book));
    }

    @Test
    void saysHowManyMoreThereAre() {
        Books book = book(1);
        for (int i = 0; i < 510; i++) {
            book.rule(percentOff("p" + i, "90").products("p" + i));
        }
        List<Reason> warnings = RuleBookReader.warnings(book.bytes(), NOW);

        assertEquals(501, warnings.size());
        assertTrue(
                warnings.get(500).message().contains(" 10 more warnings"),
                warnings.get(500)::message);
    }

    @Test
    void saysWhereItStoppedComparing() {
        Books book = book(1);
        for (int i = 0; i < 5_000; i++) {
            book.rule(percentOff("p" + i, "5").products("p" + i));
        }

        assertEquals(
                List.of("NOT_ALL_COMPARED /rules/4000"),
                warnings(book).stream().filter(w -> w.startsWith("NOT")).toList());
    }

    @Test
    void looksAtSingleFieldsOfAFaultyBook() {
        String document =
                book(1).region("unused", "N1")
                        .rule(hold("h", 0))
                        .rule(percentOff("sale", "90"))
                        .rule("17")
                        .json();

        assertEquals(List.of("PERCENT_OFF_HIGH /rules/1/percent_off"), warnings(document));
        assertEquals(List.of(), warnings("{\"a\":"));
        assertEquals(List.of("UNKNOWN_FIELD_IGNORED /a"), warnings("{\"a\":1,\"rules\":7}"));
    }

    @Test
    void neverThrowsUnderRandomMutations() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good =
                places(percentOff("loyal", "20").segment("loyal").exclusive())
                        .rule(ending("r", "0.99").with("mode", "\"UP\""))
                        .rule(amountOff("all", "1").warehouses("N1"))
                        .bytes();
        for (int i = 0; i < 20_000; i++) {
            byte[] document = good.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                document[random.nextInt(document.length)] = (byte) (32 + random.nextInt(95));
            }
            try {
                RuleBookReader.warnings(document, NOW);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", mutation " + i, e);
            }
        }
    }
}
