package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.rules.Effect;
import io.slackwater.pricing.rules.Hold;
import io.slackwater.pricing.rules.Limits;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.Promotion;
import io.slackwater.pricing.rules.QuantityBands;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.Regional;
import io.slackwater.pricing.rules.Rounding;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
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
 *
 * <p>Once in a book that has nothing but quantity bands, and once in one that has every kind of
 * rule, two of which lose, and a price for a customer segment.
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
    private PriceBook bookOfEveryKind;
    private int next;

    /** Makes the book, with one rule for all besides those for others, and the stock levels. */
    @Setup
    public void makeBookAndStock() {
        System.out.println("seed " + SEED);
        List<Rule> all = new ArrayList<>();
        all.add(bands("for-all", Scope.EVERYWHERE));
        for (int i = 0; i < rules; i++) {
            String name = "for-others-" + i;
            all.add(bands(name, scopeOfOthers(i)));
        }
        Map<String, Tier> tiers =
                Map.of(
                        "premium", new Tier(new BigDecimal("15.00")),
                        "standard", new Tier(new BigDecimal("10.00")));
        book = compile(tiers, all);
        bookOfEveryKind = compile(tiers, everyKind());
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

    private List<Rule> everyKind() {
        List<Rule> all = new ArrayList<>();
        all.add(bands("bands", Scope.EVERYWHERE));
        all.add(bands("bands-garden", category("garden")));
        all.add(regional("north", region("north")));
        all.add(regional("everywhere", Scope.EVERYWHERE));
        all.add(promotion("sale", Scope.EVERYWHERE, "10", null));
        all.add(promotion("loyal", Scope.EVERYWHERE, "5", "loyal"));
        all.add(
                rule(
                        "limits",
                        Scope.EVERYWHERE,
                        new Limits(new BigDecimal("2"), new BigDecimal("20"))));
        all.add(
                rule(
                        "charm",
                        Scope.EVERYWHERE,
                        new Rounding(null, RoundingMode.HALF_UP, new BigDecimal("0.99"))));
        all.add(hold("hold", Scope.EVERYWHERE));
        for (int i = 0; i < rules; i++) {
            String name = "for-others-" + i;
            Scope scope = scopeOfOthers(i / 4);
            all.add(
                    switch (i % 4) {
                        case 0 -> bands(name, scope);
                        case 1 -> regional(name, scope);
                        case 2 -> promotion(name, scope, "50", null);
                        default -> hold(name, scope);
                    });
        }
        return all;
    }

    private static PriceBook compile(Map<String, Tier> tiers, List<Rule> rules) {
        Set<String> north = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            north.add("WH-" + i);
        }
        return new PriceBook(
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
                        Map.of("north", north),
                        rules),
                Period.of(0L, null));
    }

    private static Scope scopeOfOthers(int i) {
        Set<String> product = i % 4 == 0 || i % 4 == 3 ? Set.of("X" + i) : Set.of();
        Set<String> category = i % 4 == 1 ? Set.of("category-" + i) : Set.of();
        Set<String> warehouse = i % 4 >= 2 ? Set.of("WX-" + i) : Set.of();
        return new Scope(product, category, Set.of(), warehouse, Set.of());
    }

    private static Scope category(String name) {
        return new Scope(Set.of(), Set.of(name), Set.of(), Set.of(), Set.of());
    }

    private static Scope region(String name) {
        return new Scope(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(name));
    }

    private static Rule bands(String id, Scope scope) {
        List<Band> bands =
                List.of(
                        new Band(10L, null, null, new BigDecimal("1.2"), null),
                        new Band(50L, null, null, BigDecimal.ONE, null),
                        new Band(null, null, null, new BigDecimal("0.8"), null));
        return rule(id, scope, new QuantityBands(bands));
    }

    private static Rule regional(String id, Scope scope) {
        return rule(id, scope, new Regional(new BigDecimal("1.05")));
    }

    private static Rule promotion(String id, Scope scope, String percent, String segment) {
        return rule(id, scope, new Promotion(new BigDecimal(percent), null, false, segment));
    }

    private static Rule hold(String id, Scope scope) {
        return rule(id, scope, new Hold(600));
    }

    private static Rule rule(String id, Scope scope, Effect effect) {
        return new Rule(id, scope, 0, Period.ALWAYS, effect);
    }

    /** A price with its trace. */
    @Benchmark
    public Price price() {
        next = (next + 1) % LEVELS;
        return book.price(levels[next], (next & 1) == 0 ? garden : null, 0);
    }

    /** Likewise, through every step. */
    @Benchmark
    public Price priceOfEveryKind() {
        next = (next + 1) % LEVELS;
        return bookOfEveryKind.price(levels[next], (next & 1) == 0 ? garden : null, 0);
    }
}
