package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import io.slackwater.pricing.model.RuleBook.Tier;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one price costs in a book with so many rules that do not concern the stock level: rules of
 * other products, categories and warehouses. The goal is a cost that is flat from 10 to 10,000.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PriceBenchmark {

    private static final long SEED = 20261121;
    private static final int LEVELS = 1 << 10;

    /** How many rules the book has that concern none of the stock levels. */
    @Param({"10", "100", "1000", "10000"})
    public int rules;

    private final StockLevel[] levels = new StockLevel[LEVELS];
    private final CatalogEntry garden =
            new CatalogEntry("premium", new BigDecimal("24.90"), "garden", 0);
    private PriceBook book;
    private int next;

    /** Makes the book, with one rule for all besides those for others, and the stock levels. */
    @Setup
    public void makeBookAndStock() {
        System.out.println("seed " + SEED);
        List<Rule> all = new ArrayList<>();
        all.add(rule("for-all", none(), none(), none()));
        for (int i = 0; i < rules; i++) {
            String name = "for-others-" + i;
            all.add(
                    switch (i % 4) {
                        case 0 -> rule(name, Set.of("X" + i), none(), none());
                        case 1 -> rule(name, none(), Set.of("category-" + i), none());
                        case 2 -> rule(name, none(), none(), Set.of("WX-" + i));
                        default -> rule(name, Set.of("X" + i), none(), Set.of("WX-" + i));
                    });
        }
        Map<String, Tier> tiers =
                Map.of(
                        "premium", new Tier(new BigDecimal("15.00")),
                        "standard", new Tier(new BigDecimal("10.00")));
        book =
                new PriceBook(
                        new RuleBook(
                                "default",
                                7,
                                "EUR",
                                0L,
                                null,
                                null,
                                false,
                                "standard",
                                tiers,
                                Map.of(),
                                all),
                        0,
                        Long.MAX_VALUE);
        Random random = new Random(SEED);
        for (int i = 0; i < LEVELS; i++) {
            levels[i] =
                    new StockLevel(
                            "P" + random.nextInt(20_000),
                            "WH-" + random.nextInt(40),
                            random.nextInt(200),
                            3,
                            7,
                            new StockVersion(i, 0, i),
                            i);
        }
    }

    private static Set<String> none() {
        return Set.of();
    }

    private static Rule rule(
            String id, Set<String> products, Set<String> categories, Set<String> warehouses) {
        return new Rule(
                id,
                RuleBook.Kind.QUANTITY_BANDS,
                new Scope(products, categories, Set.of(), warehouses, Set.of()),
                0,
                null,
                null,
                List.of(
                        new Band(10L, null, null, new BigDecimal("1.2"), null),
                        new Band(50L, null, null, BigDecimal.ONE, null),
                        new Band(null, null, null, new BigDecimal("0.8"), null)),
                null,
                null,
                null,
                null,
                0);
    }

    /** A price with its trace. */
    @Benchmark
    public Price price() {
        next = (next + 1) % LEVELS;
        return book.price(levels[next], (next & 1) == 0 ? garden : null, 0);
    }
}
