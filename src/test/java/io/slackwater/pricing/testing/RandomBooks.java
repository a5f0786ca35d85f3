package io.slackwater.pricing.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.rules.RuleBook;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A pricing manager who cannot make up his mind: book after book, most of them the one before with
 * a few changes, in a small world where rules collide. Some books are faulty, some are stale.
 */
public final class RandomBooks {

    /** What the rules may name, and where stock may be. */
    public static final List<String> PRODUCTS = List.of("P0", "P1", "P2", "P3");

    public static final List<String> WAREHOUSES = List.of("W0", "W1", "W2");
    public static final List<String> CATEGORIES = List.of("garden", "toys");
    public static final List<String> TIERS = List.of("premium", "standard", "basic");

    /** Books and rules begin and end at multiples of this, epoch milliseconds. */
    public static final long GRID = 500;

    /** And before this. */
    public static final long LAST_MOMENT = 12_000;

    /** The longest hold, seconds. */
    public static final int LONGEST_HOLD = 3;

    private static final JsonNodeFactory JSON = JsonNodeFactory.withExactBigDecimals(true);
    private static final List<String> REGIONS = List.of("north", "south");
    private static final int MOST_TRIES = 8;
    private static final int MOST_RULES = 9;

    private final Random random;
    private final List<String> kinds;
    private ObjectNode last;
    private long newest;
    private int rules;

    /** Some managers do not use holds: then every price has to be there at once. */
    public RandomBooks(Random random) {
        this.random = random;
        List<String> usual =
                new ArrayList<>(
                        List.of(
                                "quantity_bands",
                                "quantity_bands",
                                "regional",
                                "promotion",
                                "promotion",
                                "promotion",
                                "limits",
                                "rounding"));
        if (oneIn(2)) {
            usual.add("hold");
            usual.add("hold");
        }
        kinds = List.copyOf(usual);
    }

    /** The next book, as a document. */
    public String next() {
        return next(book -> {});
    }

    /** The next book, that holds from a moment on, to a moment or for good (null). */
    public String next(long from, Long to) {
        return next(
                book -> {
                    book.remove("effective_to");
                    book.put("effective_from", from);
                    if (to != null) {
                        book.put("effective_to", to);
                    }
                });
    }

    private String next(Consumer<ObjectNode> times) {
        ObjectNode draft = null;
        boolean careless = oneIn(25);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            draft = last == null || oneIn(6) ? fresh() : edited();
            draft.put("version", oneIn(12) ? 1 + random.nextLong(newest + 1) : newest + 1);
            times.accept(draft);
            if (careless || isGood(draft)) {
                break;
            }
        }
        newest = Math.max(newest, draft.get("version").asLong());
        if (careless) {
            // Whatever else it is, it is refused.
            draft.withArray("/rules").addObject().put("rule_id", "half a rule");
        } else {
            last = draft;
        }
        return draft.toString();
    }

    /** A book whose times count from 0 on; null when it has faults. */
    public static RuleBook read(String document) {
        return RuleBookReader.read(document.getBytes(StandardCharsets.UTF_8), 0).book();
    }

    /** Whether a book was made to be accepted. */
    private static boolean isGood(ObjectNode draft) {
        return read(draft.toString()) != null;
    }

    private ObjectNode fresh() {
        ObjectNode book = JSON.objectNode();
        book.put("book_id", "default");
        book.put("currency", any("EUR", "EUR", "EUR", "JPY", "KWD", "BGN", "HUF"));
        setTimes(book);
        setDefaultTier(book);
        for (String tier : TIERS) {
            setBasePrice(book, tier);
        }
        setRegions(book);
        book.putArray("rules");
        for (int i = random.nextInt(MOST_RULES); i > 0; i--) {
            addRule(book);
        }
        return book;
    }

    private ObjectNode edited() {
        ObjectNode book = last.deepCopy();
        ArrayNode all = book.withArray("/rules");
        for (int edits = random.nextInt(4); edits > 0; edits--) {
            ObjectNode one =
                    all.isEmpty() ? null : (ObjectNode) all.get(random.nextInt(all.size()));
            switch (random.nextInt(one == null ? 6 : 16)) {
                case 0 -> setTimes(book);
                case 1 -> setDefaultTier(book);
                case 2 -> setBasePrice(book, any(TIERS));
                case 3 -> {
                    if (oneIn(2)) {
                        book.put("currency", any("EUR", "JPY", "KWD", "BGN", "HUF"));
                    }
                }
                case 4 -> setRegions(book);
                case 5 -> addRule(book);
                case 6, 7 -> removeFirst(all, one);
                case 8 -> setScope(one);
                case 9 -> one.put("priority", random.nextInt(3));
                case 10 -> setRuleTimes(one);
                case 11, 12 -> one.put("effective_to", moment()); // Shortened, or prolonged.
                default -> setBody(one);
            }
        }
        return book;
    }

    private static void removeFirst(ArrayNode all, ObjectNode one) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) == one) {
                all.remove(i);
                return;
            }
        }
    }

    private void setTimes(ObjectNode book) {
        book.remove(List.of("effective_from", "effective_to"));
        long from = oneIn(2) ? 0 : moment();
        if (!oneIn(8)) {
            book.put("effective_from", from);
        }
        if (oneIn(4)) {
            book.put("effective_to", from + GRID * (1 + random.nextInt(10)));
        }
    }

    private void setDefaultTier(ObjectNode book) {
        book.remove("default_tier");
        if (!oneIn(5)) {
            book.put("default_tier", any(TIERS));
        }
    }

    private void setBasePrice(ObjectNode book, String tier) {
        BigDecimal price =
                tier.equals("basic")
                        ? BigDecimal.valueOf(1 + random.nextInt(2_000), 3)
                        : BigDecimal.valueOf(100 + random.nextInt(5_000), 2);
        book.withObject("/tiers").putObject(tier).put("base_price", price);
    }

    private void setRegions(ObjectNode book) {
        ObjectNode regions = book.putObject("regions");
        for (String region : REGIONS) {
            addSome(regions.putArray(region), WAREHOUSES);
        }
    }

    private void addRule(ObjectNode book) {
        ObjectNode rule = JSON.objectNode();
        rule.put("rule_id", "r" + (char) ('a' + random.nextInt(26)) + ++rules);
        rule.put("kind", any(kinds));
        setScope(rule);
        if (oneIn(2)) {
            rule.put("priority", random.nextInt(3));
        }
        if (oneIn(3)) {
            setRuleTimes(rule);
        }
        setBody(rule);
        // The order in the book means nothing.
        ArrayNode all = book.withArray("/rules");
        all.insert(random.nextInt(all.size() + 1), rule);
    }

    private void setScope(ObjectNode rule) {
        ObjectNode scope = JSON.objectNode();
        if (oneIn(3)) {
            addSome(scope.putArray("product_ids"), PRODUCTS);
        }
        if (oneIn(4)) {
            addSome(scope.putArray("categories"), CATEGORIES);
        }
        if (oneIn(4)) {
            addSome(scope.putArray("tiers"), TIERS);
        }
        if (oneIn(4)) {
            addSome(scope.putArray("warehouse_ids"), WAREHOUSES);
        }
        if (oneIn(4)) {
            addSome(scope.putArray("regions"), REGIONS);
        }
        rule.remove("scope");
        if (!scope.isEmpty()) {
            rule.set("scope", scope);
        }
    }

    private void setRuleTimes(ObjectNode rule) {
        rule.remove(List.of("effective_from", "effective_to"));
        long from = moment();
        if (oneIn(2)) {
            rule.put("effective_from", from);
        }
        if (!oneIn(3)) {
            rule.put("effective_to", from + GRID * (1 + random.nextInt(10)));
        }
    }

    private void setBody(ObjectNode rule) {
        Predicate<String> shared =
                List.of("rule_id", "kind", "scope", "priority", "effective_from", "effective_to")
                        ::contains;
        List<String> body = new ArrayList<>();
        rule.fieldNames().forEachRemaining(body::add);
        body.removeIf(shared);
        rule.remove(body);
        switch (rule.get("kind").asText()) {
            case "quantity_bands" -> setBands(rule);
            case "regional" -> put(rule, "multiplier", "1.19", "0.93", "1.0825", "2", "1");
            case "promotion" -> {
                if (oneIn(3)) {
                    put(rule, "amount_off", "0.5", "1", "2.25", "0.005", "12");
                } else {
                    put(rule, "percent_off", "5", "10", "12.5", "33.3", "90");
                }
                if (oneIn(4)) {
                    rule.put("stacking", any("exclusive", "exclusive", "stackable"));
                }
                if (oneIn(3)) {
                    rule.put("segment", any("loyal", "staff"));
                }
            }
            case "limits" -> {
                int which = random.nextInt(3);
                if (which != 0) {
                    put(rule, "floor", "1", "3.999", "7.5", "12");
                }
                if (which != 1) {
                    put(rule, "ceiling", "8.001", "14", "25.55", "1.2");
                }
            }
            case "rounding" -> {
                if (oneIn(2)) {
                    put(rule, "ending", "0.99", "0.9", "9", "0", "4.95", "49");
                } else {
                    if (!oneIn(4)) {
                        put(rule, "increment", "0.05", "0.1", "0.25", "1", "5", "0.01");
                    }
                    if (!oneIn(4)) {
                        rule.put("mode", any("HALF_UP", "HALF_EVEN", "UP", "DOWN"));
                    }
                }
            }
            default -> rule.put("min_seconds", 1 + random.nextInt(LONGEST_HOLD));
        }
    }

    private void setBands(ObjectNode rule) {
        ArrayNode bands = rule.putArray("bands");
        if (oneIn(2)) {
            ObjectNode scarce = bands.addObject();
            scarce.put("below", 1 + random.nextInt(30));
            if (oneIn(2)) {
                scarce.put("restocking_over", random.nextInt(15));
            }
            if (oneIn(4)) {
                scarce.put("restocking_at_most", 15 + random.nextInt(5));
            }
            put(scarce, "multiplier", "1.2", "1.37", "1.005");
        }
        if (oneIn(2)) {
            ObjectNode some = bands.addObject();
            some.put("below", 31 + random.nextInt(20));
            put(some, "price", "7.5", "19.99", "3.333");
        }
        put(bands.addObject(), "multiplier", "0.8", "1", "0.955", "0.1");
    }

    private void put(ObjectNode node, String field, String... amounts) {
        node.put(field, new BigDecimal(any(amounts)));
    }

    private void addSome(ArrayNode names, List<String> all) {
        for (String name : all) {
            if (oneIn(2)) {
                names.add(name);
            }
        }
        if (names.isEmpty()) {
            names.add(any(all));
        }
    }

    private long moment() {
        return GRID * (1 + random.nextInt((int) (LAST_MOMENT / GRID) - 1));
    }

    private boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
