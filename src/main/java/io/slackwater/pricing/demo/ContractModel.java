package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.ProductChange;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The contract, read by somebody who has never seen the engine: what the newest record of every key
 * of {@code price_list} has to say once everything is told.
 *
 * <p>It is slow and plain on purpose. It remembers the whole history, asks every rule of the
 * document itself, and calculates with fractions. Nothing in it comes from the packages that it
 * judges: where both say the same, two readings of the contract agree. The tests judge the engine
 * by it, and the demo every price that it publishes.
 *
 * <p>Two things it does not know, because they depend on the order in which things came: whether a
 * book is refused (it is told), and which of two prices a hold keeps. It says which price is due,
 * and for how long a hold would keep another.
 */
public final class ContractModel {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final List<Book> books = new ArrayList<>();
    private final List<StockLevel> levels = new ArrayList<>();
    private final List<ProductChange> withdrawals = new ArrayList<>();
    private final Map<String, CatalogEntry> catalog = new TreeMap<>();
    private long newestBook;

    /**
     * A book that was accepted.
     *
     * @param from epoch milliseconds, inclusive
     * @param to exclusive; {@code Long.MAX_VALUE}: for ever
     */
    public record Book(JsonNode document, long from, long to) {
        public long version() {
            return document.get("version").asLong();
        }

        /** As the price list names it. */
        public String reference() {
            return document.get("book_id").asText() + "@" + version();
        }

        /** Whether it is in force then. */
        public boolean holdsAt(long time) {
            return from <= time && time < to;
        }

        /** Every moment at which the book or one of its rules begins or ends. */
        public TreeSet<Long> moments() {
            TreeSet<Long> moments = new TreeSet<>(List.of(from, to));
            for (JsonNode rule : document.get("rules")) {
                moments.add(time(rule.get("effective_from"), from));
                moments.add(time(rule.get("effective_to"), to));
            }
            return moments;
        }
    }

    /**
     * What a rule has to know of a product in a warehouse.
     *
     * @param restockingTime days; negative: not said
     * @param tier of the catalog; null: none
     * @param listPrice of the catalog; null: none
     * @param category of the catalog; null: none
     */
    public record Subject(
            String product,
            String warehouse,
            long quantity,
            int restockingTime,
            String tier,
            BigDecimal listPrice,
            String category) {

        /** Of a level and the catalog entry of its product; null: none. */
        public static Subject of(StockLevel level, CatalogEntry entry) {
            return new Subject(
                    level.productId(),
                    level.warehouseId(),
                    level.quantity(),
                    level.restockingTime(),
                    entry == null ? null : entry.priceTier(),
                    entry == null ? null : entry.listPrice(),
                    entry == null ? null : entry.category());
        }
    }

    /**
     * The price that is due.
     *
     * @param tier null: none
     * @param price with the currency's digits; null: there is none
     * @param segments by segment, likewise
     * @param holdSeconds how long a price stays before this one may take its place; 0: no time
     */
    public record Quote(
            String tier,
            BigDecimal price,
            String currency,
            Map<String, BigDecimal> segments,
            long holdSeconds) {}

    /** What a key of the price list should say. */
    public record Due(StockLevel level, long asOf, Quote quote) {}

    // ---------------------------------------------------------------- the history

    /**
     * A message of {@code pricing_rules} for the book that prices.
     *
     * @param document null: the book is retired
     * @param timestamp of the Kafka record, epoch milliseconds
     * @param refused whether it was found to be faulty
     */
    public void hearBook(String document, long timestamp, boolean refused) {
        if (document == null) {
            books.clear();
            return;
        }
        if (refused) {
            return;
        }
        Book book = book(document, timestamp);
        if (book.version() > newestBook) {
            newestBook = book.version();
            books.add(book);
        }
    }

    /** A book as the model reads it. */
    public static Book book(String document, long timestamp) {
        JsonNode tree;
        try {
            tree = JSON.readTree(document);
        } catch (IOException notJson) {
            throw new IllegalArgumentException(document, notJson);
        }
        return new Book(
                tree,
                time(tree.get("effective_from"), timestamp),
                time(tree.get("effective_to"), Long.MAX_VALUE));
    }

    /** A stock level, a withdrawal or a catalog message. */
    public void hear(ProductChange change) {
        switch (change.kind()) {
            case STOCK_LEVEL -> levels.add(change.stockLevel());
            case WITHDRAWAL -> withdrawals.add(change);
            case CATALOG -> {
                CatalogEntry old = catalog.get(change.productId());
                CatalogEntry entry = change.catalogEntry();
                if (entry == null || old == null || old.updatedAt() <= entry.updatedAt()) {
                    catalog.put(change.productId(), entry);
                }
            }
        }
    }

    // ---------------------------------------------------------------- what is due

    /**
     * What is due of every key that is sold, by {@code product|warehouse}; one without a price has
     * a quote without one.
     *
     * @param reached the event time reached, epoch milliseconds
     */
    public Map<String, Due> priceList(long reached) {
        Map<String, StockLevel> newest = new TreeMap<>();
        for (StockLevel level : levels) {
            String key = level.productId() + "|" + level.warehouseId();
            StockLevel other = newest.get(key);
            if (other == null || !isBefore(level.version(), other.version())) {
                newest.put(key, level);
            }
        }
        newest.values().removeIf(this::isWithdrawn);
        Map<String, Due> due = new TreeMap<>();
        newest.forEach(
                (key, level) -> {
                    // A level may be ahead of the event time reached: it is priced as of its own.
                    long asOf = Math.max(reached, level.version().eventTime());
                    Book book = bookAt(books, asOf);
                    Subject subject = Subject.of(level, catalog.get(level.productId()));
                    Quote quote =
                            book == null
                                    ? new Quote(null, null, null, Map.of(), 0)
                                    : quote(book, subject, asOf);
                    due.put(key, new Due(level, asOf, quote));
                });
        return due;
    }

    private boolean isWithdrawn(StockLevel level) {
        for (ProductChange withdrawal : withdrawals) {
            if (withdrawal.productId().equals(level.productId())
                    && isBefore(level.version(), withdrawal.withdrawal())) {
                return true;
            }
        }
        return false;
    }

    /** The newest event time wins; of equal times the higher (partition, offset). */
    static boolean isBefore(StockVersion a, StockVersion b) {
        if (a.eventTime() != b.eventTime()) {
            return a.eventTime() < b.eventTime();
        }
        if (a.partition() != b.partition()) {
            return a.partition() < b.partition();
        }
        return a.offset() < b.offset();
    }

    /** The newest version that holds; before every book the oldest one; null: none. */
    static Book bookAt(List<Book> books, long time) {
        Book best = null;
        Book oldest = null;
        for (Book book : books) {
            if (book.holdsAt(time) && (best == null || book.version() > best.version())) {
                best = book;
            }
            if (oldest == null
                    || book.from() < oldest.from()
                    || (book.from() == oldest.from() && book.version() > oldest.version())) {
                oldest = book;
            }
        }
        if (best != null) {
            return best;
        }
        return oldest != null && time < oldest.from() ? oldest : null;
    }

    /** "How a price is made", from the top to the bottom. */
    public static Quote quote(Book priced, Subject subject, long at) {
        JsonNode book = priced.document();
        String currency = book.get("currency").asText();
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        String tier =
                subject.tier() == null ? book.path("default_tier").asText(null) : subject.tier();
        Quote none = new Quote(tier, null, currency, Map.of(), 0);

        // 1. base: the catalog's list price, else the tier's base price.
        Fraction amount;
        if (subject.listPrice() != null) {
            amount = Fraction.of(subject.listPrice());
        } else if (tier != null && book.get("tiers").has(tier)) {
            amount = Fraction.of(book.get("tiers").get(tier).get("base_price"));
        } else {
            return none;
        }

        // 2. quantity_bands: the first band that matches.
        JsonNode banded = winner(book, "quantity_bands", subject, tier, at);
        if (banded != null) {
            for (JsonNode band : banded.get("bands")) {
                if (matches(band, subject)) {
                    amount =
                            band.has("price")
                                    ? Fraction.of(band.get("price"))
                                    : amount.times(Fraction.of(band.get("multiplier")));
                    break;
                }
            }
        }

        // 3. regional.
        JsonNode regional = winner(book, "regional", subject, tier, at);
        if (regional != null) {
            amount = amount.times(Fraction.of(regional.get("multiplier")));
        }

        // 4. promotion: for everybody, and for each segment that the book names anywhere.
        Fraction everybody = promoted(amount, promotionsFor(null, book, subject, tier, at));
        Map<String, Fraction> forSegments = new TreeMap<>();
        for (JsonNode rule : book.get("rules")) {
            if (rule.has("segment")) {
                String segment = rule.get("segment").asText();
                Fraction own = promoted(amount, promotionsFor(segment, book, subject, tier, at));
                forSegments.put(segment, own.isAbove(everybody) ? everybody : own);
            }
        }

        // 5. limits, 6. rounding and the limits once more: the same for everybody and segments.
        JsonNode limits = winner(book, "limits", subject, tier, at);
        JsonNode rounding = winner(book, "rounding", subject, tier, at);
        BigInteger price = inMinorUnits(everybody, limits, rounding, digits);
        if (price == null) {
            return none;
        }
        Map<String, BigDecimal> segments = new TreeMap<>();
        for (Map.Entry<String, Fraction> entry : forSegments.entrySet()) {
            BigInteger own = inMinorUnits(entry.getValue(), limits, rounding, digits);
            if (own == null) {
                return none;
            }
            segments.put(entry.getKey(), new BigDecimal(own, digits));
        }
        JsonNode hold = winner(book, "hold", subject, tier, at);
        return new Quote(
                tier,
                new BigDecimal(price, digits),
                currency,
                segments,
                hold == null ? 0 : hold.get("min_seconds").asLong());
    }

    private static boolean matches(JsonNode band, Subject subject) {
        int days = subject.restockingTime();
        if (band.has("below") && subject.quantity() >= band.get("below").asLong()) {
            return false;
        }
        if (band.has("restocking_over")
                && (days < 0 || days <= band.get("restocking_over").asInt())) {
            return false;
        }
        return !band.has("restocking_at_most")
                || (days >= 0 && days <= band.get("restocking_at_most").asInt());
    }

    // ---------------------------------------------------------------- which rules count

    /** The rules of a kind that fit and hold, in no order. */
    private static List<JsonNode> fitting(
            JsonNode book, String kind, Subject subject, String tier, long at) {
        List<JsonNode> fitting = new ArrayList<>();
        for (JsonNode rule : book.get("rules")) {
            if (!rule.get("kind").asText().equals(kind)
                    || at < time(rule.get("effective_from"), Long.MIN_VALUE)
                    || at >= time(rule.get("effective_to"), Long.MAX_VALUE)) {
                continue;
            }
            JsonNode scope = rule.path("scope");
            boolean fits =
                    (!scope.has("product_ids")
                                    || holds(scope.get("product_ids"), subject.product()))
                            && (!scope.has("categories")
                                    || holds(scope.get("categories"), subject.category()))
                            && (!scope.has("tiers") || holds(scope.get("tiers"), tier))
                            && (!scope.has("warehouse_ids")
                                    || holds(scope.get("warehouse_ids"), subject.warehouse()));
            if (fits && scope.has("regions")) {
                boolean inOne = false;
                for (JsonNode region : scope.get("regions")) {
                    inOne |= holds(book.get("regions").get(region.asText()), subject.warehouse());
                }
                fits = inOne;
            }
            if (fits) {
                fitting.add(rule);
            }
        }
        return fitting;
    }

    private static boolean holds(JsonNode names, String wanted) {
        for (JsonNode name : names) {
            if (name.asText().equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode winner(
            JsonNode book, String kind, Subject subject, String tier, long at) {
        return fitting(book, kind, subject, tier, at).stream()
                .min(
                        Comparator.comparingInt(ContractModel::thing)
                                .thenComparingInt(ContractModel::place)
                                .thenComparingInt(rule -> -rule.path("priority").asInt(0))
                                .thenComparing(rule -> rule.get("rule_id").asText()))
                .orElse(null);
    }

    /** Product before category before tier before none. */
    private static int thing(JsonNode rule) {
        JsonNode scope = rule.path("scope");
        if (scope.has("product_ids")) {
            return 1;
        }
        if (scope.has("categories")) {
            return 2;
        }
        return scope.has("tiers") ? 3 : 4;
    }

    /** Warehouse before region before none. */
    private static int place(JsonNode rule) {
        JsonNode scope = rule.path("scope");
        if (scope.has("warehouse_ids")) {
            return 1;
        }
        return scope.has("regions") ? 2 : 3;
    }

    /** Those without a segment and those of this one; null: nobody's. */
    private static List<JsonNode> promotionsFor(
            String segment, JsonNode book, Subject subject, String tier, long at) {
        List<JsonNode> all = fitting(book, "promotion", subject, tier, at);
        all.removeIf(
                rule ->
                        rule.has("segment")
                                && !Objects.equals(segment, rule.get("segment").asText()));
        return all.stream()
                .filter(rule -> rule.path("stacking").asText().equals("exclusive"))
                .min(
                        Comparator.comparingInt((JsonNode rule) -> -rule.path("priority").asInt(0))
                                .thenComparingInt(ContractModel::thing)
                                .thenComparingInt(ContractModel::place)
                                .thenComparing(rule -> rule.get("rule_id").asText()))
                .map(List::of)
                .orElse(all);
    }

    // ---------------------------------------------------------------- arithmetic

    /** Percentages first, then amounts. */
    private static Fraction promoted(Fraction amount, List<JsonNode> promotions) {
        Fraction left = amount;
        for (JsonNode rule : promotions) {
            if (rule.has("percent_off")) {
                Fraction percent = Fraction.of(rule.get("percent_off"));
                left = left.times(Fraction.of(100).minus(percent)).times(Fraction.HUNDREDTH);
            }
        }
        for (JsonNode rule : promotions) {
            if (rule.has("amount_off")) {
                left = left.minus(Fraction.of(rule.get("amount_off")));
            }
        }
        return left;
    }

    /** The final amount, counted in the currency's minor unit; null: it is zero or less. */
    private static BigInteger inMinorUnits(
            Fraction exact, JsonNode limits, JsonNode rounding, int digits) {
        Fraction units = Fraction.of(BigInteger.TEN.pow(digits));
        Fraction amount = exact.times(units);
        Fraction floor = scaled(limits, "floor", units);
        Fraction ceiling = scaled(limits, "ceiling", units);
        if (floor != null && floor.isAbove(amount)) {
            amount = floor;
        } else if (ceiling != null && amount.isAbove(ceiling)) {
            amount = ceiling;
        }
        if (amount.over().signum() <= 0) {
            return null;
        }
        BigInteger whole = rounded(amount, rounding, units);
        if (floor != null && whole.compareTo(floor.wholeAbove()) < 0) {
            whole = floor.wholeAbove();
        } else if (ceiling != null && whole.compareTo(ceiling.wholeBelow()) > 0) {
            whole = ceiling.wholeBelow();
        }
        return whole.signum() > 0 ? whole : null;
    }

    private static Fraction scaled(JsonNode limits, String which, Fraction units) {
        return limits == null || !limits.has(which)
                ? null
                : Fraction.of(limits.get(which)).times(units);
    }

    private static BigInteger rounded(Fraction amount, JsonNode rounding, Fraction units) {
        if (rounding != null && rounding.has("ending")) {
            Fraction ending = Fraction.of(rounding.get("ending"));
            BigInteger power = BigInteger.ONE;
            while (!Fraction.of(power).isAbove(ending)) {
                power = power.multiply(BigInteger.TEN);
            }
            // ending, ending + power, ending + 2 * power ...: the one below and the one above.
            BigInteger step = units.times(Fraction.of(power)).wholeBelow();
            BigInteger least = ending.times(units).wholeBelow();
            Fraction steps =
                    amount.minus(Fraction.of(least)).times(new Fraction(BigInteger.ONE, step));
            BigInteger below = least.add(step.multiply(steps.wholeBelow().max(BigInteger.ZERO)));
            BigInteger above = below.add(step);
            return amount.distance(below).isAbove(amount.distance(above)) ? above : below;
        }
        BigInteger increment =
                rounding != null && rounding.has("increment")
                        ? Fraction.of(rounding.get("increment")).times(units).wholeBelow()
                        : BigInteger.ONE;
        Fraction steps = amount.times(new Fraction(BigInteger.ONE, increment));
        BigInteger below = steps.wholeBelow();
        Fraction rest = steps.minus(Fraction.of(below));
        int half = rest.times(Fraction.of(2)).compareTo(Fraction.of(1));
        boolean up =
                switch (rounding == null ? "HALF_UP" : rounding.path("mode").asText("HALF_UP")) {
                    case "UP" -> rest.over().signum() > 0;
                    case "DOWN" -> false;
                    case "HALF_EVEN" -> half > 0 || (half == 0 && below.testBit(0));
                    default -> half >= 0;
                };
        return (up ? below.add(BigInteger.ONE) : below).multiply(increment);
    }

    /** An exact number. */
    private record Fraction(BigInteger over, BigInteger under) {
        static final Fraction HUNDREDTH = new Fraction(BigInteger.ONE, BigInteger.valueOf(100));

        static Fraction of(long whole) {
            return of(BigInteger.valueOf(whole));
        }

        static Fraction of(BigInteger whole) {
            return new Fraction(whole, BigInteger.ONE);
        }

        static Fraction of(JsonNode number) {
            return of(number.decimalValue());
        }

        static Fraction of(BigDecimal number) {
            return number.scale() < 0
                    ? of(number.toBigIntegerExact())
                    : new Fraction(number.unscaledValue(), BigInteger.TEN.pow(number.scale()));
        }

        Fraction times(Fraction other) {
            return new Fraction(over.multiply(other.over), under.multiply(other.under));
        }

        Fraction minus(Fraction other) {
            return new Fraction(
                    over.multiply(other.under).subtract(other.over.multiply(under)),
                    under.multiply(other.under));
        }

        Fraction distance(BigInteger whole) {
            Fraction difference = minus(of(whole));
            return new Fraction(difference.over.abs(), difference.under);
        }

        int compareTo(Fraction other) {
            return minus(other).over.signum();
        }

        boolean isAbove(Fraction other) {
            return compareTo(other) > 0;
        }

        BigInteger wholeBelow() {
            BigInteger[] parts = over.divideAndRemainder(under);
            return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        }

        BigInteger wholeAbove() {
            return new Fraction(over.negate(), under).wholeBelow().negate();
        }
    }

    private static long time(JsonNode moment, long absent) {
        if (moment == null) {
            return absent;
        }
        return moment.isNumber()
                ? moment.asLong()
                : OffsetDateTime.parse(moment.asText()).toInstant().toEpochMilli();
    }
}
