package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookTest {

    private static final PriceBook EXAMPLE = Books.book(7).rule(Books.SCARCITY).compile();

    @ParameterizedTest
    @CsvSource({
        // quantity, tier, price
        "-5, standard, 12.00",
        "0, standard, 12.00",
        "9, standard, 12.00",
        "10, standard, 10.00",
        "49, standard, 10.00",
        "50, standard, 8.00",
        "1000000, standard, 8.00",
        "9, premium, 18.00",
        "10, premium, 15.00",
        "50, premium, 12.00",
        "9, basic, 6.00",
        "10, basic, 5.00",
        "50, basic, 4.00",
    })
    void pricesTheExampleOfTheContract(long quantity, String tier, BigDecimal expected) {
        CatalogEntry catalog = new CatalogEntry(tier, null, null, 0);
        assertEquals(expected, EXAMPLE.price(Stock.of(quantity), catalog, 0).amount());
    }

    @Test
    void usesTheDefaultTierForAProductWithoutACatalogEntry() {
        Price price = EXAMPLE.price(Stock.of(100), null, 0);
        assertEquals("standard", price.tier());
        assertEquals(new BigDecimal("8.00"), price.amount());
    }

    @Test
    void usesTheDefaultTierWhereTheEntryNamesNone() {
        CatalogEntry catalog = new CatalogEntry(null, null, "garden", 0);
        assertEquals("standard", EXAMPLE.price(Stock.of(100), catalog, 0).tier());
    }

    @Test
    void replacesTheTiersBaseByTheListPrice() {
        CatalogEntry catalog = new CatalogEntry("premium", new BigDecimal("24.90"), null, 0);
        assertEquals(new BigDecimal("29.88"), EXAMPLE.price(Stock.of(1), catalog, 0).amount());
    }

    @Test
    void leavesAProductUnpricedWhereNobodyNamesATier() {
        PriceBook book = Books.book(1).defaultTier(null).compile();
        Price price = book.price(Stock.of(1), null, 0);
        assertNull(price.amount());
        assertEquals(Price.Unpriced.NO_TIER, price.unpriced());
    }

    @Test
    void leavesAProductUnpricedWhoseTierTheBookDoesNotKnow() {
        Price price = EXAMPLE.price(Stock.of(1), new CatalogEntry("gold", null, null, 0), 0);
        assertNull(price.amount());
        assertEquals(Price.Unpriced.UNKNOWN_TIER, price.unpriced());
        assertEquals("gold", price.tier());
    }

    @Test
    void pricesAnUnknownTierByItsListPrice() {
        CatalogEntry catalog = new CatalogEntry("gold", new BigDecimal("2"), null, 0);
        assertEquals(new BigDecimal("1.60"), EXAMPLE.price(Stock.of(100), catalog, 0).amount());
    }

    @Test
    void neverLetsAPriceOfZeroOut() {
        PriceBook book = Books.book(1).standardCosts("0.004").compile();
        Price price = book.price(Stock.of(1), null, 0);
        assertNull(price.amount());
        assertEquals(Price.Unpriced.NOT_POSITIVE, price.unpriced());
    }

    @Test
    void roundsOnceAtTheEndHalfUp() {
        // 19.99 x 1.1 is 21.989: in binary floating point it would carry a tail.
        PriceBook book =
                Books.book(1)
                        .standardCosts("19.99")
                        .rule(
                                "{\"rule_id\":\"r\",\"kind\":\"quantity_bands\",\"bands\":[{\"multiplier\":1.1}]}")
                        .compile();
        assertEquals(new BigDecimal("21.99"), book.price(Stock.of(1), null, 0).amount());
        PriceBook half = Books.book(1).standardCosts("0.125").compile();
        assertEquals(new BigDecimal("0.13"), half.price(Stock.of(1), null, 0).amount());
    }

    @ParameterizedTest
    @CsvSource({"EUR, 10.50", "JPY, 11", "KWD, 10.500"})
    void roundsToTheCurrencysMinorUnit(String currency, BigDecimal expected) {
        PriceBook book = Books.book(1).currency(currency).standardCosts("10.5").compile();
        assertEquals(expected, book.price(Stock.of(1), null, 0).amount());
    }

    @ParameterizedTest
    @CsvSource({
        // quantity, restocking days, price
        "5, 30, 20.00",
        "5, 14, 12.00",
        "5, 15, 20.00",
        "5, 3, 11.00",
        "5, 2, 11.00",
        "5, -1, 12.00",
        "500, 30, 20.00",
        "500, 3, 10.00",
    })
    void guardsBandsByTheRestockingTime(long quantity, int days, BigDecimal expected) {
        PriceBook book =
                Books.book(1)
                        .rule(
                                """
                                {"rule_id":"r","kind":"quantity_bands","bands":[
                                  {"restocking_over":14,"price":20.00},
                                  {"below":10,"restocking_at_most":3,"multiplier":1.1},
                                  {"below":10,"multiplier":1.2},
                                  {"multiplier":1}]}""")
                        .compile();
        StockLevel level = Stock.restocking(Stock.of(quantity), days);
        assertEquals(expected, book.price(level, null, 0).amount());
    }

    @Test
    void letsTheMostSpecificRuleWin() {
        List<String> rules =
                List.of(
                        flat("none", 1, "{}", 0),
                        flat("none-in-w", 2, "{\"warehouse_ids\":[\"W\"]}", 0),
                        flat("tier", 3, "{\"tiers\":[\"standard\"]}", 0),
                        flat(
                                "tier-in-w",
                                4,
                                "{\"tiers\":[\"standard\"],\"warehouse_ids\":[\"W\"]}",
                                0),
                        flat("category", 5, "{\"categories\":[\"c\"]}", 0),
                        flat(
                                "category-in-w",
                                6,
                                "{\"categories\":[\"c\"],\"tiers\":[\"standard\"],\"warehouse_ids\":[\"W\"]}",
                                0),
                        flat("product", 7, "{\"product_ids\":[\"P\"]}", 0),
                        flat(
                                "product-in-w",
                                8,
                                "{\"product_ids\":[\"P\",\"Q\"],\"warehouse_ids\":[\"V\",\"W\"]}",
                                0));
        CatalogEntry catalog = new CatalogEntry("standard", null, "c", 0);
        for (int known = 1; known <= rules.size(); known++) {
            Books book = Books.book(1);
            List<String> shuffled = new ArrayList<>(rules.subList(0, known));
            Collections.shuffle(shuffled, new Random(known));
            shuffled.forEach(book::rule);
            assertEquals(
                    new BigDecimal(known + ".00"),
                    book.compile().price(Stock.of(1), catalog, 0).amount(),
                    () -> "of " + shuffled);
        }
    }

    @Test
    void neverLetsPriorityBeatSpecificity() {
        PriceBook book =
                Books.book(1)
                        .rule(flat("wide", 1, "{}", 1000))
                        .rule(flat("narrow", 2, "{\"product_ids\":[\"P\"]}", -1000))
                        .compile();
        assertEquals(new BigDecimal("2.00"), book.price(Stock.of(1), null, 0).amount());
    }

    @Test
    void breaksTiesByPriorityAndThenByTheSmallerId() {
        // The loser has a place of its own, for a rule that can never win is refused.
        String wider = "{\"product_ids\":[\"P\",\"Q\"]}";
        String narrower = "{\"product_ids\":[\"P\"]}";
        PriceBook byPriority =
                Books.book(1)
                        .rule(flat("a", 1, wider, 0))
                        .rule(flat("b", 2, narrower, 1))
                        .compile();
        assertEquals(new BigDecimal("2.00"), byPriority.price(Stock.of(1), null, 0).amount());
        PriceBook byId =
                Books.book(1)
                        .rule(flat("b", 2, wider, 0))
                        .rule(flat("a", 1, narrower, 0))
                        .compile();
        assertEquals(new BigDecimal("1.00"), byId.price(Stock.of(1), null, 0).amount());
        // Two shapes of scope, equally specific: both name the product.
        PriceBook shapes =
                Books.book(1)
                        .rule(flat("b", 2, wider, 0))
                        .rule(flat("a", 1, "{\"product_ids\":[\"P\"],\"tiers\":[\"standard\"]}", 0))
                        .compile();
        assertEquals(new BigDecimal("1.00"), shapes.price(Stock.of(1), null, 0).amount());
    }

    @Test
    void appliesARuleOnlyWhereAllThatItNamesFits() {
        PriceBook book =
                Books.book(1)
                        .rule(
                                flat(
                                        "r",
                                        1,
                                        "{\"product_ids\":[\"P\"],\"categories\":[\"other\"]}",
                                        0))
                        .compile();
        CatalogEntry garden = new CatalogEntry("standard", null, "garden", 0);
        assertEquals(new BigDecimal("10.00"), book.price(Stock.of(1), garden, 0).amount());
        assertEquals(new BigDecimal("10.00"), book.price(Stock.of(1), null, 0).amount());
        CatalogEntry other = new CatalogEntry("standard", null, "other", 0);
        assertEquals(new BigDecimal("1.00"), book.price(Stock.of(1), other, 0).amount());
    }

    @Test
    void tracesEveryStep() {
        Price price = EXAMPLE.price(Stock.of(3), null, 0);
        assertEquals(
                List.of(
                        TraceStep.of(
                                Step.BASE, "tier:standard", "", null, new BigDecimal("10"), ""),
                        TraceStep.of(
                                Step.QUANTITY_BANDS,
                                "scarcity",
                                "band 1 x 1.2",
                                new BigDecimal("10"),
                                new BigDecimal("12.0"),
                                ""),
                        TraceStep.of(
                                Step.ROUNDING,
                                "HALF_UP",
                                "to 0.01",
                                new BigDecimal("12.0"),
                                new BigDecimal("12.00"),
                                "")),
                price.trace());
    }

    @Test
    void neverChangesAPriceByARuleThatDoesNotConcernIt() {
        long seed = 20261121;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Books book = Books.book(1).rule(Books.SCARCITY);
            StockLevel level = Stock.of(random.nextInt(100) - 10);
            BigDecimal alone = book.compile().price(level, null, 0).amount();
            for (int i = random.nextInt(20); i >= 0; i--) {
                String scope =
                        switch (random.nextInt(4)) {
                            case 0 -> "{\"product_ids\":[\"other" + i + "\"]}";
                            case 1 -> "{\"categories\":[\"c" + i + "\"]}";
                            case 2 -> "{\"tiers\":[\"premium\"],\"categories\":[\"c" + i + "\"]}";
                            default -> "{\"warehouse_ids\":[\"other" + i + "\"]}";
                        };
                book.rule(flat("x" + i, 1 + random.nextInt(50), scope, random.nextInt(9)));
            }
            assertEquals(
                    alone,
                    book.compile().price(level, null, 0).amount(),
                    () -> "seed " + seed + ": " + book.json());
        }
    }

    /** A rule by which everything costs a whole amount. */
    private static String flat(String id, int price, String scope, int priority) {
        return "{\"rule_id\":\"%s\",\"kind\":\"quantity_bands\",\"priority\":%d,%s\"bands\":[{\"price\":%d}]}"
                .formatted(
                        id, priority, scope.equals("{}") ? "" : "\"scope\":" + scope + ",", price);
    }
}
