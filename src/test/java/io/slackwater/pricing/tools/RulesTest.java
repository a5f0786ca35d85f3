package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {

    private static final String BOOK =
            """
            book_id: default
            currency: EUR
            default_tier: standard
            comment: winter prices
            tiers:
              premium: {base_price: 15.00}
              standard: {base_price: 10.00}
            rules:
              - rule_id: scarcity
                kind: quantity_bands
                scope: {product_ids: [a, b, c]}
                bands:
                  - {below: 10, multiplier: 1.2}
                  - {multiplier: 0.8}
            """;

    @TempDir Path dir;

    private String file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lint",
                "test",
                "diff",
                "preview",
                "publish",
                "status",
                "history",
                "explain",
                "rollback"
            })
    void everyCommandExplainsItself(String command) {
        RulesRun run = RulesRun.of(command, "--help").ends(Rules.GOOD);

        assertTrue(run.out().startsWith("Usage: jobs/rules " + command), run.out());
        run.says("Exit codes: 0 ", "--json", "--help");
        assertEquals("", run.err());
        assertTrue(run.out().lines().allMatch(line -> line.length() <= 100), run.out());
    }

    @Test
    void namesEveryCommandInTheScriptsHelp() throws IOException {
        String script = Files.readString(Path.of("jobs/rules"));

        RulesRun.of("--help")
                .ends(Rules.GOOD)
                .out()
                .lines()
                .dropWhile(line -> !line.startsWith("Commands:"))
                .skip(1)
                .filter(line -> line.matches(" {2}[a-z].*"))
                .map(line -> line.strip().split(" ")[0])
                .forEach(name -> assertTrue(script.contains("\n  " + name + " "), name));
    }

    @Test
    void saysItsVersion() throws IOException {
        RulesRun.of("--version").ends(Rules.GOOD).says("Slackwater ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "frobnicate                          | unmatched argument",
                "lint                                | missing required parameter: 'FILE'",
                "lint a.yaml b.yaml                  | unmatched argument at index 2: 'b.yaml'",
                "lint --fast a.yaml                  | unknown option: '--fast'",
                "lint no-such.yaml                   | there is no file 'no-such.yaml'.",
                "lint pom.xml                        | does not say what it holds",
                "test jobs/books/default.json        | missing required parameter: 'CASES'",
                "diff jobs/books/default.json x.yaml | there is no file 'x.yaml'.",
                "publish jobs/books/default.json --wait soon | a time such as 30s, 5m or 1h",
                "publish jobs/books/default.json --set a     | --set is 'a'; allowed: KEY=VALUE",
                "status --set kafka.bootstrap.server=x:1 | did you mean kafka.bootstrap.servers?",
                "status --settings no.properties     | there is none at this path",
                "status --settings a --demo          | --demo and --settings exclude each other.",
                "rollback                            | missing required parameter: 'VERSION'",
                "rollback seven                      | 'seven' is not a long",
                "rollback 0                          | a version from 1 on is allowed",
            })
    void refusesWhatItDoesNotUnderstandInOneLine(String args, String complaint) {
        RulesRun run = RulesRun.of(args.split(" +")).ends(Rules.WRONG_USE);

        assertEquals("", run.out());
        run.complains(complaint);
        assertTrue(run.err().startsWith("jobs/rules"), run.err());
    }

    @Test
    void refusesACommandLineWithoutACommand() {
        RulesRun.of().ends(Rules.WRONG_USE).complains("a command is missing; see jobs/rules");
    }

    @Test
    void saysThatNoDemoRuns() throws IOException {
        RulesRun run = RulesRun.of("status", "--demo");
        // Unless one does, on the machine of whoever runs this test.
        if (!Files.exists(Path.of(WhichJob.DEMO))) {
            run.ends(Rules.WRONG_USE).complains("jobs/demo starts one");
        }
    }

    @Test
    void saysThatNoBrokerAnswers() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        RulesRun.of("status", "--set", "kafka.bootstrap.servers=localhost:" + port)
                .ends(Rules.WRONG_USE)
                .complains("no broker answers at localhost:" + port + " within 10 seconds");
    }

    @Test
    void lintSaysEverythingThatIsWrongAndWhere() throws IOException {
        String book =
                file("b.yaml", BOOK.replace("EUR", "EURO").replace("below: 10", "below: ten"));

        RulesRun.of("lint", book)
                .ends(Rules.NO)
                .says(
                        book + ": 2 faults",
                        "  fault  line 2  /currency\n",
                        "(CURRENCY_UNKNOWN)",
                        "  fault  line 13  /rules/0/bands/0/below\n",
                        "(BELOW_NOT_INTEGER)");
        JsonNode answer = RulesRun.of("lint", "--json", book).ends(Rules.NO).json();
        assertFalse(answer.path("good").asBoolean());
        assertEquals(
                List.of("fault /currency 2", "fault /rules/0/bands/0/below 13"),
                StreamSupport.stream(answer.path("findings").spliterator(), false)
                        .map(
                                f ->
                                        f.path("severity").asText()
                                                + " "
                                                + f.path("path").asText()
                                                + " "
                                                + f.path("line").asInt())
                        .toList());
    }

    @Test
    void lintFindsNothingWrongWithADraftWithoutAVersion() throws IOException {
        RulesRun.of("lint", file("b.yaml", BOOK)).ends(Rules.GOOD).says("no faults");
        assertTrue(
                RulesRun.of("lint", file("b.yaml", BOOK), "--json")
                        .ends(Rules.GOOD)
                        .json()
                        .path("good")
                        .asBoolean());
    }

    /** As Windows editors save them. */
    @Test
    void filesMayBeginWithAByteOrderMark() throws IOException {
        String json =
                "\uFEFF{\"book_id\":\"default\",\"currency\":\"EUR\",\"default_tier\":\"a\",\"tiers\":{\"a\":{\"base_price\":10}},\"rules\":[]}";
        String cases = file("c.cases", "\uFEFFcase | price\none  | 10.00\n");
        for (String book : List.of(file("b.json", json), file("b.yaml", "\uFEFF" + BOOK))) {
            RulesRun.of("lint", book).ends(Rules.GOOD).says("no faults");
            RulesRun.of("diff", book, book).ends(Rules.GOOD).says("Nothing differs.");
        }
        RulesRun.of("test", file("b.json", json), cases).ends(Rules.GOOD).says("all 1 cases");
    }

    /** And not a file of arguments. */
    @Test
    void aProductMayBeCalledAtHome() throws IOException {
        String arguments = file("home", "--help");

        RulesRun.of("explain", "@" + arguments, "WH", "--set", "lake.enabled=false")
                .ends(Rules.WRONG_USE)
                .complains("lake.enabled: is false");
    }

    @Test
    void lintKnowsWhatTimeItIs() throws IOException {
        String book = BOOK + "effective_to: 2020-01-31T23:59:59Z\n";

        RulesRun.of("lint", file("b.yaml", book))
                .ends(Rules.GOOD)
                .says(
                        "no faults and 2 warnings.",
                        "  warning  line 15  /effective_to\n",
                        "(END_IS_EXCLUSIVE)",
                        "(BOOK_IS_OVER)");
    }

    @Test
    void lintWarnsOfWhatIsAllowedAndLooksLikeAMistake() throws IOException {
        String book = file("b.yaml", BOOK.replace("default_tier", "defualt_tier"));

        RulesRun.of("lint", book)
                .ends(Rules.GOOD)
                .says("no faults and 1 warning.", "  warning  line 3  /defualt_tier\n");
        assertEquals(
                "warning",
                RulesRun.of("lint", book, "--json")
                        .ends(Rules.GOOD)
                        .json()
                        .path("findings")
                        .path(0)
                        .path("severity")
                        .asText());
    }

    @Test
    void hostileTextNeverReachesTheTerminal() throws IOException {
        String hostile = "\"\\e[31m\\u202Eevil\\r\\nfault  forged\"";
        String book = BOOK.replace("quantity_bands", hostile).replace("scarcity", hostile);

        // RulesRun itself fails on any control character but the end of a line.
        RulesRun run = RulesRun.of("lint", file("b.yaml", book)).ends(Rules.NO);
        assertFalse(run.out().contains("\u202E"), run.out());
        assertFalse(run.out().lines().anyMatch(line -> line.startsWith("fault")), run.out());
        String named = file("c.yaml", BOOK.replace("winter prices", hostile));
        run = RulesRun.of("diff", named, file("b.yaml", BOOK)).ends(Rules.GOOD);
        assertFalse(run.out().contains("\u202E"), run.out());
        assertEquals(2, run.out().lines().count(), run.out());
        String json = RulesRun.of("diff", "--json", named, file("b.yaml", BOOK)).out();
        assertTrue(json.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7F)), json);
        run = RulesRun.of("lint", "\u001B]0;evil\u0007\u202E.yaml").ends(Rules.WRONG_USE);
        assertFalse(run.err().contains("\u202E"), run.err());
    }

    @Test
    void testShowsWhatFailsAndTheStepsThatMadeIt() throws IOException {
        String cases =
                file(
                        "c.cases",
                        """
                        case   | product | quantity | tier    | price | price.loyal
                        right  | a       | 5        | premium | 18.00 |
                        wrong  | a       | 5        |         | 11.00 |
                        gold   | a       | 5        | gold    | 1     | 2
                        """);

        RulesRun.of("test", file("b.yaml", BOOK), cases)
                .ends(Rules.NO)
                .says(
                        "2 of 3 cases fail.",
                        "wrong  3     price           11.00  12.00",
                        "gold   4     price               1  unpriced (unknown_tier)",
                        "gold   4     price.loyal         2  unpriced (unknown_tier)",
                        "wrong, line 3\n",
                        "quantity_bands  scarcity",
                        "the book does not know tier gold");
        JsonNode answer =
                RulesRun.of("test", "--json", file("b.yaml", BOOK), cases).ends(Rules.NO).json();
        assertEquals(3, answer.path("tried").asInt());
        assertEquals(2, answer.path("failed").asInt());
        JsonNode failure = answer.path("failures").path(0);
        assertEquals("12.00", failure.path("wrong").path(0).path("actual").asText());
        assertEquals("base", failure.path("steps").path(0).path("step").asText());
    }

    @Test
    void testTriesNothingWithABookThatHasFaults() throws IOException {
        String cases = file("c.cases", "price\n1\n");

        RulesRun.of("test", file("b.yaml", BOOK.replace("EUR", "E")), cases)
                .ends(Rules.NO)
                .says("1 fault; nothing was tried.", "(CURRENCY_UNKNOWN)");
    }

    @Test
    void diffSaysInWordsWhatChanged() throws IOException {
        String before = file("a.yaml", BOOK);
        String after =
                file(
                        "b.yaml",
                        BOOK.replace("winter prices", "spring prices")
                                        .replace(
                                                "premium: {base_price: 15.00}",
                                                "basic: {base_price: 5}")
                                        .replace(
                                                "standard: {base_price: 10.00}",
                                                "standard: {base_price: 11}")
                                        .replace("[a, b, c]", "[c, b, d]")
                                        .replace("below: 10", "below: 20")
                                + "  - {rule_id: autumn, kind: promotion, percent_off: 10}\n");

        assertEquals(
                """
                book changed
                  comment: winter prices -> spring prices
                tier basic added
                  base_price 5
                tier premium removed
                  base_price 15
                tier standard changed
                  base_price: 10 -> 11
                rule autumn added
                  kind promotion; percent_off 10; stacking stackable
                rule scarcity changed
                  bands: below 10 x 1.2, else x 0.8 -> below 20 x 1.2, else x 0.8
                  product_ids: a removed; d added
                """,
                RulesRun.of("diff", before, after).ends(Rules.GOOD).out());
        JsonNode answer = RulesRun.of("diff", "--json", before, after).ends(Rules.GOOD).json();
        assertTrue(answer.path("differs").asBoolean());
        assertEquals(7, answer.path("changes").size());
    }

    @Test
    void diffSaysWhatIsNoLongerGivenAndThatNothingDiffers() throws IOException {
        String before = file("a.yaml", BOOK);
        String after = file("b.yaml", BOOK.replace("    scope: {product_ids: [a, b, c]}\n", ""));

        assertEquals(
                """
                rule scarcity changed
                  product_ids: no longer given, was a, b, c
                """,
                RulesRun.of("diff", before, after).ends(Rules.GOOD).out());
        assertEquals(
                "Nothing differs.\n", RulesRun.of("diff", before, before).ends(Rules.GOOD).out());
        RulesRun.of("diff", before, file("c.yaml", "a: b")).ends(Rules.NO).complains("faults");
    }

    @Test
    void publishAsksNoBrokerAboutABookThatHasFaults() throws IOException {
        RulesRun.of(
                        "publish",
                        file("b.yaml", BOOK.replace("EUR", "E")),
                        "--set",
                        "kafka.bootstrap.servers=localhost:1")
                .ends(Rules.NO)
                .says("Not published: the book has 1 fault.", "line 2  /currency");
    }
}
