package io.slackwater.pricing.json;

import static io.slackwater.pricing.testing.Books.amountOff;
import static io.slackwater.pricing.testing.Books.book;
import static io.slackwater.pricing.testing.Books.ending;
import static io.slackwater.pricing.testing.Books.hold;
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

/** What is allowed in a book and yet looks like a mistake. */
class RuleBookWarningsTest {

    /** {@code WARNING path} of every warning of a book that the reader takes. */
    private static List<String> warnings(Books book) {
        assertNotNull(book.read());
        return warnings(book.json());
    }

    private static List<String> warnings(String document) {
        List<Reason> warnings = RuleBookReader.warnings(document.getBytes(UTF_8));
        warnings.forEach(w -> assertTrue(w.message().endsWith("."), w::message));
        return warnings.stream().map(w -> w.reason() + " " + w.path()).toList();
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
        assertEquals(List.of(), warnings(book(1).rule(loyal)));
        assertEquals(List.of(), warnings(book(1).rule(loyal).rule(percentOff("all", "20"))));
        assertEquals(warned, warnings(book(1).rule(loyal).rule(percentOff("all", "20.1"))));
        // Two that each give less, but not together.
        assertEquals(
                warned,
                warnings(
                        book(1).rule(loyal)
                                .rule(percentOff("all", "15"))
                                .rule(percentOff("too", "6"))));
        // What is more, an amount or a percentage, depends on the price.
        assertEquals(warned, warnings(book(1).rule(loyal).rule(amountOff("all", "0.01"))));
        RuleText fiver = amountOff("loyal", "5").segment("loyal").exclusive();
        assertEquals(List.of(), warnings(book(1).rule(fiver).rule(amountOff("all", "5"))));
        assertEquals(warned, warnings(book(1).rule(fiver).rule(amountOff("all", "5.01"))));
        assertEquals(warned, warnings(book(1).rule(fiver).rule(percentOff("all", "1"))));
        // Promotions of another segment, or of the same that go with others, are no matter.
        assertEquals(
                List.of(),
                warnings(book(1).rule(loyal).rule(percentOff("staff", "50").segment("staff"))));
        assertEquals(
                List.of(),
                warnings(
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
                        books.rule(loyal.from(1_000).to(2_000).products("p"))
                                .rule(percentOff("before", "50").to(1_000))
                                .rule(percentOff("after", "50").from(2_000))
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
                RuleBookReader.warnings(document);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", mutation " + i, e);
            }
        }
    }
}
