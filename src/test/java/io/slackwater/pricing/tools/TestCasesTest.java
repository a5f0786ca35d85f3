package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.tools.TestCases.Case;
import io.slackwater.pricing.tools.TestCases.Outcome;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestCasesTest {

    @TempDir Path dir;

    private List<Case> read(String name, String text) throws IOException {
        return TestCases.read(Files.writeString(dir.resolve(name), text));
    }

    private String refused(String text) {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> read("x.cases", text));
        assertEquals(Rules.WRONG_USE, failure.exitCode());
        return failure.getMessage();
    }

    @Test
    void readsATableWithItsColumnsInAnyOrder() throws IOException {
        List<Case> cases =
                read(
                        "a.cases",
                        """
                        # a comment

                        price | case | price.loyal | quantity | tier | product | warehouse | list_price | at | restocking
                        8.00  | one  | 7.20        | -5       | gold | 4711 "x" | WH1      | 24.90      | 2026-11-21T09:00:00+01:00 | 7
                        unpriced | two |           |          |      |         |           |            |    |
                        """);

        assertEquals(2, cases.size());
        Case one = cases.get(0);
        assertEquals("one", one.name());
        assertEquals(4, one.line());
        assertEquals("4711 \"x\"", one.stock().productId());
        assertEquals("WH1", one.stock().warehouseId());
        assertEquals(-5, one.stock().quantity());
        assertEquals(7, one.stock().restockingTime());
        assertEquals(StockLevel.ABSENT, one.stock().deliveryTime());
        assertEquals("gold", one.catalog().priceTier());
        assertEquals(new BigDecimal("24.90"), one.catalog().listPrice());
        assertNull(one.catalog().category());
        assertEquals(1_795_248_000_000L, one.at());
        assertEquals(new BigDecimal("8.00"), one.price());
        assertEquals(Map.of("loyal", new BigDecimal("7.20")), one.segments());
        Case two = cases.get(1);
        assertNull(two.price());
        assertNull(two.catalog());
        assertNull(two.at());
        assertEquals(0, two.stock().quantity());
        assertEquals(StockLevel.ABSENT, two.stock().restockingTime());
        assertEquals(Map.of(), two.segments());
    }

    @Test
    void readsCommasInAFileNamedCsv() throws IOException {
        List<Case> cases = read("a.csv", "case,product,price\n\"one, and only\",\"a\"\"b\", 8\n");

        assertEquals("one, and only", cases.get(0).name());
        assertEquals("a\"b", cases.get(0).stock().productId());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "case|prize ~ line 1: column 'prize' is unknown; allowed: case, product",
                "case|case|price ~ line 1: column 'case' stands twice",
                "case|quantity ~ line 1: no column says what is expected",
                "case|price|\\n ~ line 1: column '' is unknown",
                "price\\na|b ~ line 2: the case has 2 cells; allowed: 1",
                "price|case\\n|b ~ line 2: price is missing; allowed: an amount, or unpriced",
                "price\\n-1 ~ line 2: price is '-1'; allowed: an amount above 0",
                "price\\n1e9 ~ line 2: price is '1e9'; allowed: an amount above 0",
                "price\\n0.00 ~ line 2: price is '0.00'; allowed: an amount above 0",
                "price|price.x\\n1|no ~ line 2: price.x is 'no'; allowed: an amount above 0",
                "price|quantity\\n1|ten ~ line 2: quantity is 'ten'; allowed: an integer",
                "price|quantity\\n1|1.5 ~ line 2: quantity is '1.5'; allowed: an integer",
                "price|restocking\\n1|-1 ~ line 2: restocking is '-1'; allowed: a number of days",
                "price|list_price\\n1|free ~ line 2: list_price is 'free'; allowed: an amount",
                "price|at\\n1|2026-11-21 ~ line 2: at is '2026-11-21'; allowed: a time with its",
                "# nothing ~ the file has no line that names columns",
                "price ~ the file has no case.",
            })
    void saysWhatItDoesNotUnderstandAndWhatIsAllowed(String text, String complaint) {
        String said = refused(text.replace("\\n", "\n"));

        assertTrue(said.contains(complaint), said);
    }

    @Test
    void tellsEveryFaultAtOnceButNotThousands() {
        String said = refused("price\n" + "x\n".repeat(1_000));

        assertEquals(22, said.lines().count(), said);
        assertTrue(said.endsWith("and 980 more faults."), said);
        assertTrue(refused("price\nx\u001B[31m\u202E\n").contains("'x?[31m?'"));
    }

    @Test
    void pricesACaseWithoutATimeWhenTheBookBegins() throws IOException {
        List<Case> cases = read("a.cases", "price|at\n12.00|\n12.00|1970-01-01T00:00:00Z\n");

        for (Outcome outcome :
                TestCases.run(cases, Books.book(1).from(5_000L).rule(Books.SCARCITY).read())) {
            assertTrue(outcome.isRight(), outcome::toString);
        }
    }

    @Test
    void asksForATimeWhereItMatters() throws IOException {
        List<Case> cases = read("a.cases", "price|at\n12.00|\n");

        CommandFailure failure =
                assertThrows(
                        CommandFailure.class,
                        () ->
                                TestCases.run(
                                        cases,
                                        Books.book(1)
                                                .from(null)
                                                .to(9_000L)
                                                .rule(Books.SCARCITY)
                                                .read()));
        assertTrue(failure.getMessage().startsWith("line 2: at is missing"), failure.getMessage());
    }
}
