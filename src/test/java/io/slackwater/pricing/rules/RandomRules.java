package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random books and stock of a world so small that rules meet: four products, two categories, three
 * tiers, four warehouses, two regions that overlap, and times from 0 to {@link #END}. And which
 * rules apply, said once more by a look at every rule, for the index to be compared with.
 */
final class RandomRules {

    /** After the last boundary. */
    static final int END = 60;

    private static final String[] PRODUCTS = {"P0", "P1", "P2", "P3"};
    private static final String[] CATEGORIES = {"garden", "kitchen"};
    private static final String[] TIERS = {"standard", "premium", "gold"};
    private static final String[] WAREHOUSES = {"W0", "W1", "W2", "W3"};
    private static final String[] SEGMENTS = {"loyal", "staff"};
    private static final RoundingMode[] MODES = {
        RoundingMode.HALF_UP, RoundingMode.HALF_EVEN, RoundingMode.UP, RoundingMode.DOWN
    };

    private final Random random;

    RandomRules(Random random) {
        this.random = random;
    }

    static int digits(String currency) {
        return switch (currency) {
            case "JPY" -> 0;
            case "KWD" -> 3;
            default -> 2;
        };
    }

    RuleBook book(long version, int rules) {
        String currency = oneOf("EUR", "JPY", "KWD");
        List<Rule> all = new ArrayList<>();
        for (int i = 0; i < rules; i++) {
            all.add(rule("r" + i, kind(), currency));
        }
        Map<String, Tier> tiers = new HashMap<>();
        tiers.put("standard", new Tier(amount(1, 60)));
        tiers.put("premium", new Tier(amount(1, 60)));
        return new RuleBook(
                "default",
                version,
                currency,
                0L,
                null,
                null,
                false,
                random.nextInt(9) == 0 ? null : "standard",
                tiers,
                Map.of("north", someOf(WAREHOUSES), "coast", someOf(WAREHOUSES)),
                all);
    }

    /** The same book in up to three other words or meanings, with the next version. */
    RuleBook edited(RuleBook book) {
        List<Rule> rules = new ArrayList<>(book.rules());
        Map<String, Tier> tiers = new HashMap<>(book.tiers());
        Map<String, Set<String>> regions = new HashMap<>(book.regions());
        String defaultTier = book.defaultTier();
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            switch (random.nextInt(12)) {
                case 0 -> tiers.put(oneOf(TIERS), new Tier(amount(1, 60)));
                case 1 -> tiers.remove(oneOf(TIERS));
                case 2 -> regions.put(oneOf("north", "coast"), someOf(WAREHOUSES));
                case 3 -> {
                    if (random.nextInt(8) == 0) {
                        defaultTier = oneOf(TIERS);
                    }
                }
                case 4, 5 -> rules.add(rule("n" + edits + book.version(), kind(), book.currency()));
                case 6, 7 -> {
                    if (!rules.isEmpty()) {
                        rules.remove(random.nextInt(rules.size()));
                    }
                }
                default -> {
                    if (!rules.isEmpty()) {
                        int i = random.nextInt(rules.size());
                        Rule old = rules.get(i);
                        Rule now = rule(old.ruleId(), old.kind(), book.currency());
                        rules.set(i, random.nextBoolean() ? now : onlyOneThingOf(now, old));
                    }
                }
            }
        }
        return new RuleBook(
                book.bookId(),
                book.version() + 1,
                book.currency(),
                0L,
                null,
                null,
                false,
                defaultTier,
                tiers,
                regions,
                rules);
    }

    /** The old rule, but for its priority or for what it does. */
    private Rule onlyOneThingOf(Rule now, Rule old) {
        boolean priority = random.nextInt(3) == 0;
        return new Rule(
                old.ruleId(),
                old.scope(),
                priority ? now.priority() : old.priority(),
                old.period(),
                priority ? old.effect() : now.effect());
    }

    static PriceBook compile(RuleBook book) {
        return new PriceBook(book, Period.of(0L, null));
    }

    static RuleBook with(RuleBook book, List<Rule> rules) {
        return new RuleBook(
                book.bookId(),
                book.version(),
                book.currency(),
                book.effectiveFrom(),
                book.effectiveTo(),
                book.comment(),
                book.force(),
                book.defaultTier(),
                book.tiers(),
                book.regions(),
                rules);
    }

    Kind kind() {
        return Kind.values()[random.nextInt(Kind.values().length)];
    }

    Rule rule(String id, Kind kind, String currency) {
        Draft draft = Draft.of(id, effect(kind, digits(currency)));
        if (random.nextInt(3) == 0) {
            draft.products(someOf(PRODUCTS).toArray(new String[0]));
        }
        if (random.nextInt(4) == 0) {
            draft.categories(someOf(CATEGORIES).toArray(new String[0]));
        }
        if (random.nextInt(5) == 0) {
            draft.tiers(someOf(TIERS).toArray(new String[0]));
        }
        if (random.nextInt(3) == 0) {
            draft.warehouses(someOf(WAREHOUSES).toArray(new String[0]));
        }
        if (random.nextInt(3) == 0) {
            draft.regions(random.nextBoolean() ? "north" : "coast");
        }
        if (random.nextInt(3) == 0) {
            draft.from((long) random.nextInt(END - 1));
        }
        if (random.nextInt(3) == 0) {
            int earliest = (int) Math.max(0, draft.rule().period().from());
            draft.to(earliest + 1L + random.nextInt(END - earliest - 1));
        }
        return draft.priority(random.nextInt(3)).rule();
    }

    private Effect effect(Kind kind, int digits) {
        return switch (kind) {
            case QUANTITY_BANDS ->
                    new QuantityBands(
                            List.of(
                                    new Band(10L, null, null, amount(1, 3), null),
                                    new Band(50L, 5, null, null, amount(1, 60)),
                                    new Band(null, null, null, amount(1, 2), null)));
            case REGIONAL -> new Regional(amount(1, 2));
            case PROMOTION -> promotion();
            case LIMITS -> limits(digits);
            case ROUNDING -> rounding(digits);
            case HOLD -> new Hold(1 + random.nextInt(3));
        };
    }

    private Promotion promotion() {
        boolean forSegment = random.nextInt(3) == 0;
        // To a segment more may be given than there is: that is its own fault.
        int most = forSegment ? 40 : 4;
        boolean percentage = random.nextBoolean();
        BigDecimal off = percentage ? amount(1, 60) : amount(0, most).add(TINY);
        boolean exclusive = random.nextInt(4) == 0;
        return new Promotion(
                percentage ? off : null,
                percentage ? null : off,
                exclusive,
                forSegment ? oneOf(SEGMENTS) : null);
    }

    private static final BigDecimal TINY = new BigDecimal("0.0001");

    /** With at least one amount in whole minor units between them, as the reader demands. */
    private Limits limits(int digits) {
        BigDecimal floor = amount(1, 30);
        BigDecimal ceiling =
                random.nextInt(3) == 0
                        ? floor.setScale(digits, RoundingMode.CEILING)
                        : floor.add(amount(1, 30));
        return switch (random.nextInt(3)) {
            case 0 -> new Limits(floor, null);
            case 1 -> new Limits(null, ceiling);
            default -> new Limits(floor, ceiling);
        };
    }

    Rounding rounding(int digits) {
        BigDecimal minorUnit = BigDecimal.ONE.movePointLeft(digits);
        if (random.nextBoolean()) {
            BigDecimal ending = minorUnit.multiply(BigDecimal.valueOf(random.nextInt(1_200)));
            return new Rounding(null, RoundingMode.HALF_UP, ending);
        }
        BigDecimal increment = minorUnit.multiply(BigDecimal.valueOf(1 + random.nextInt(300)));
        return new Rounding(
                random.nextInt(4) == 0 ? null : increment,
                MODES[random.nextInt(MODES.length)],
                null);
    }

    /** From least to below most, with up to four digits behind the point. */
    BigDecimal amount(int least, int most) {
        int digits = random.nextInt(5);
        long unit = BigDecimal.ONE.movePointRight(digits).longValueExact();
        return BigDecimal.valueOf(
                least * unit + random.nextInt((int) ((most - least) * unit)), digits);
    }

    StockLevel level() {
        StockLevel level =
                Stock.level(oneOf(PRODUCTS), oneOf(WAREHOUSES), random.nextInt(70) - 5, 0, 0);
        return random.nextBoolean() ? level : Stock.restocking(level, random.nextInt(10));
    }

    /** Null: nothing is known. */
    CatalogEntry catalog() {
        return random.nextInt(5) == 0
                ? null
                : new CatalogEntry(
                        random.nextBoolean() ? null : oneOf(TIERS),
                        random.nextInt(3) == 0 ? amount(1, 60) : null,
                        random.nextInt(4) == 0 ? null : oneOf(CATEGORIES),
                        0);
    }

    long moment() {
        return random.nextInt(END + 2) - 1L;
    }

    private String oneOf(String... values) {
        return values[random.nextInt(values.length)];
    }

    private Set<String> someOf(String... values) {
        Set<String> some = new HashSet<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            some.add(oneOf(values));
        }
        return some;
    }

    // ------------------------------------------------------------ a look at every rule

    static String tierOf(RuleBook book, CatalogEntry catalog) {
        return catalog == null || catalog.priceTier() == null
                ? book.defaultTier()
                : catalog.priceTier();
    }

    static boolean applies(
            Rule rule, RuleBook book, StockLevel level, CatalogEntry catalog, long at) {
        Scope scope = rule.scope();
        String category = catalog == null ? null : catalog.category();
        boolean inRegion = scope.regions().isEmpty();
        for (String region : scope.regions()) {
            inRegion |= book.regions().get(region).contains(level.warehouseId());
        }
        return rule.period().holdsAt(at)
                && inRegion
                && fits(scope.productIds(), level.productId())
                && fits(scope.categories(), category)
                && fits(scope.tiers(), tierOf(book, catalog))
                && fits(scope.warehouseIds(), level.warehouseId());
    }

    private static boolean fits(Set<String> named, String value) {
        return named.isEmpty() || (value != null && named.contains(value));
    }

    /** The rule of a kind that applies once; null: none. */
    static Rule winner(Kind kind, RuleBook book, StockLevel level, CatalogEntry catalog, long at) {
        return book.rules().stream()
                .filter(rule -> rule.kind() == kind && applies(rule, book, level, catalog, at))
                .min(
                        Comparator.comparing((Rule rule) -> rule.scope().productIds().isEmpty())
                                .thenComparing(
                                        rule ->
                                                !rule.scope().productIds().isEmpty()
                                                        ? ""
                                                        : thing(rule.scope()))
                                .thenComparing(rule -> rule.scope().warehouseIds().isEmpty())
                                .thenComparing(
                                        rule ->
                                                rule.scope().warehouseIds().isEmpty()
                                                        && rule.scope().regions().isEmpty())
                                .thenComparing(rule -> -rule.priority())
                                .thenComparing(Rule::ruleId))
                .orElse(null);
    }

    private static String thing(Scope scope) {
        if (!scope.categories().isEmpty()) {
            return "1 category";
        }
        return scope.tiers().isEmpty() ? "3 none" : "2 tier";
    }
}
