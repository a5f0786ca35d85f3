package io.slackwater.pricing.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.rules.RuleBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleFilesTest {

    private static final String YAML =
            """
            # winter
            book_id: default
            currency: EUR
            effective_from: 2026-11-01T00:00:00Z
            tiers:
              standard:
                base_price: 10.00
            rules:
              - rule_id: scarcity
                kind: quantity_bands
                scope: {categories: [no, "007", 12:30:00]}
                bands:
                  - {below: 10, multiplier: 1.20}
                  - multiplier: 0.8
            """;

    @TempDir Path dir;

    private RuleFile read(String name, String text) throws IOException {
        return RuleFiles.read(Files.writeString(dir.resolve(name), text));
    }

    private RuleFile yaml(String text) throws IOException {
        return read("book.yaml", text);
    }

    @Test
    void makesYamlTheJsonThatMeansTheSameToTheLastDigit() throws IOException {
        RuleFile file = yaml(YAML);

        assertEquals(
                "{\"book_id\":\"default\",\"currency\":\"EUR\","
                        + "\"effective_from\":\"2026-11-01T00:00:00Z\","
                        + "\"tiers\":{\"standard\":{\"base_price\":10.00}},"
                        + "\"rules\":[{\"rule_id\":\"scarcity\",\"kind\":\"quantity_bands\","
                        + "\"scope\":{\"categories\":[\"no\",\"007\",\"12:30:00\"]},"
                        + "\"bands\":[{\"below\":10,\"multiplier\":1.20},{\"multiplier\":0.8}]}],"
                        + "\"version\":1}",
                new String(file.document(), UTF_8));
        RuleBook book = RuleBookReader.read(file.document()).book();
        assertEquals(Set.of("no", "007", "12:30:00"), book.rules().get(0).scope().categories());
    }

    @Test
    void knowsTheLineOfEveryValue() throws IOException {
        RuleFile file = yaml(YAML);

        assertEquals(3, file.line("/currency"));
        assertEquals(12, file.line("/rules/0/bands"));
        assertEquals(13, file.line("/rules/0/bands/0/multiplier"));
        assertEquals(14, file.line("/rules/0/bands/1"));
        assertEquals(13, file.line("/rules/0/bands/0/what/is/not/there"));
        assertEquals(2, file.line(""));

        RuleFile json = read("book.json", "{\"book_id\":\"b\",\n\"rules\":[\n{\"rule_id\":1}]}");
        assertEquals(3, json.line("/rules/0/rule_id"));
    }

    @Test
    void leavesAVersionThatIsGiven() throws IOException {
        assertEquals(
                "{\"version\":7,\"book_id\":\"b\"}",
                new String(yaml("version: 7\nbook_id: b\n").document(), UTF_8));
        assertEquals(
                " {\"version\":7}",
                new String(read("b.json", " {\"version\":7}").document(), UTF_8));
    }

    @Test
    void givesADraftInJsonAVersionAndChangesNothingElse() throws IOException {
        assertEquals(
                "{\"version\":1, \"price\": 1.50 }",
                new String(read("b.json", "{ \"price\": 1.50 }").document(), UTF_8));
        assertEquals("{\"version\":1}", new String(read("b.json", "{}").document(), UTF_8));
        assertEquals("{\"a\":", new String(read("b.json", "{\"a\":").document(), UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "below: 10        | below: 010              | NUMBER_AMBIGUOUS",
                "below: 10        | below: 0x1F             | NUMBER_AMBIGUOUS",
                "below: 10        | below: 1_000            | NUMBER_AMBIGUOUS",
                "below: 10        | below: +10              | NUMBER_AMBIGUOUS",
                "multiplier: 0.8  | multiplier: .8          | NUMBER_AMBIGUOUS",
                "multiplier: 0.8  | multiplier: .inf        | NUMBER_AMBIGUOUS",
                "multiplier: 0.8  | multiplier: .nan        | NUMBER_AMBIGUOUS",
                "\"007\"          | 007                     | NUMBER_AMBIGUOUS",
                "currency: EUR    | currency: *c            | ALIAS",
                "currency: EUR    | <<: *c                  | ALIAS",
                "currency: EUR    | currency: !!str EUR     | TAG",
                "currency: EUR    | currency: !EUR x        | TAG",
                "currency: EUR    | book_id: other          | DUPLICATE_FIELD",
                "# winter         | \"book_id\": default    | DUPLICATE_FIELD",
                "currency: EUR    | ? [a, b]                | MALFORMED_YAML",
                "currency: EUR    | currency: [EUR          | MALFORMED_YAML",
                "currency: EUR    | currency: 'EUR          | MALFORMED_YAML",
                "# winter         | %TAG ! x                | MALFORMED_YAML",
            })
    void refusesWhatIsNotReadAlikeByEverybody(String from, String to, String reason)
            throws IOException {
        assertTrue(YAML.contains(from), from);

        RuleFile file = yaml(YAML.replace(from, to));

        assertNotNull(file.fault(), () -> new String(file.document(), UTF_8));
        assertEquals(reason, file.fault().reason(), file.fault()::message);
        assertNull(file.document());
        assertTrue(file.line(file.fault().path()) > 0, file.fault()::toString);
        assertTrue(file.fault().message().endsWith("."), file.fault()::message);
    }

    @Test
    void saysOnWhichLineSomethingIsWrong() throws IOException {
        RuleFile file = yaml(YAML.replace("below: 10", "below: 010"));

        assertEquals("/rules/0/bands/0/below", file.fault().path());
        assertEquals(13, file.line(file.fault().path()));
    }

    @Test
    void refusesASecondDocument() throws IOException {
        assertEquals("TRAILING_DATA", yaml(YAML + "---\nbook_id: b\n").fault().reason());
        assertEquals("EMPTY_DOCUMENT", yaml("# nothing\n").fault().reason());
    }

    @Test
    void isNotFooledByADocumentThatExplodes() {
        StringBuilder bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c <= 'k'; c++) {
            String before = "*" + (char) (c - 1);
            bomb.append(c).append(": &").append(c).append(" [");
            bomb.append(String.join(",", java.util.Collections.nCopies(9, before))).append("]\n");
        }
        Assertions.assertTimeout(
                Duration.ofSeconds(10),
                () -> {
                    assertEquals("ALIAS", yaml(bomb.toString()).fault().reason());
                    assertEquals(
                            "MALFORMED_YAML", yaml("a: " + "[".repeat(100_000)).fault().reason());
                    assertEquals(
                            "MALFORMED_YAML",
                            yaml("a: " + "{a: ".repeat(100_000)).fault().reason());
                });
    }

    @Test
    void takesAByteOrderMarkOfYamlAndNoOtherEncodingThanUtf8() throws IOException {
        assertNull(yaml("\uFEFF" + YAML).fault());
        Files.write(dir.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE4});
        assertEquals("INVALID_UTF_8", RuleFiles.read(dir.resolve("latin.yaml")).fault().reason());
    }

    @Test
    void neverThrowsWhateverTheTextIs() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RuleFilesTest seed " + seed);
        Random random = new Random(seed);
        String alphabet = "{}[]:,-?*&!|>'\"%@`#~ \n\t\u0000\u001B\u2028\uFEFFab01.\\é\uD83D\uDE00";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder(YAML);
            for (int k = random.nextInt(6); k >= 0; k--) {
                int at = random.nextInt(text.length());
                int c = random.nextInt(alphabet.length());
                text.replace(at, at + random.nextInt(3), alphabet.substring(c, c + 1));
            }
            String name = random.nextBoolean() ? "book.yaml" : "book.json";
            Files.write(dir.resolve(name), text.toString().getBytes(UTF_8));
            RuleFile file = RuleFiles.read(dir.resolve(name));
            assertTrue((file.fault() == null) == (file.document() != null), text::toString);
            Finding.check(file, 0);
        }
    }

    @Test
    void saysWhichFilesItReads() throws IOException {
        assertTrue(complaint(dir.resolve("no.yaml")).startsWith("there is no file "));
        assertTrue(complaint(dir).contains(".yaml"), complaint(dir));
        Files.createDirectory(dir.resolve("folder.yaml"));
        assertTrue(complaint(dir.resolve("folder.yaml")).endsWith("is not a file."));
        Files.writeString(dir.resolve("book.txt"), YAML);
        assertTrue(complaint(dir.resolve("book.txt")).contains("allowed: a name that ends in"));
        Files.write(dir.resolve("big.json"), new byte[5 << 20]);
        assertTrue(complaint(dir.resolve("big.json")).contains("allowed: at most"));
    }

    private static String complaint(Path path) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> RuleFiles.read(path));
        assertEquals(Rules.WRONG_USE, failure.exitCode());
        return failure.getMessage();
    }
}
