package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published examples say what the rule books beside them say. */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("jobs/books/examples");

    private static List<Path> files(String end) throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    static List<Path> books() throws IOException {
        return files(".yaml");
    }

    @ParameterizedTest
    @MethodSource("books")
    void everyExampleIsRight(Path book) {
        String cases = book.toString().replace(".yaml", ".cases");

        RulesRun.of("test", book.toString(), cases).ends(Rules.GOOD).says("cases are right.");
    }

    @ParameterizedTest
    @MethodSource("books")
    void noExampleHasAFault(Path book) {
        RulesRun.of("lint", book.toString()).ends(Rules.GOOD).says("no faults");
    }

    @Test
    void everyTableHasItsBookAndIsListed() throws IOException {
        TreeSet<String> books = new TreeSet<>();
        books().forEach(book -> books.add(name(book)));
        TreeSet<String> tables = new TreeSet<>();
        files(".cases").forEach(table -> tables.add(name(table)));

        assertEquals(books, tables);
        String readme = Files.readString(EXAMPLES.resolve("README.md"));
        for (String book : books) {
            assertTrue(readme.contains("| `" + book + "` |"), book);
        }
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }
}
