package io.slackwater.pricing.testing;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.RuleBook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes rule books as pricing managers would: {@code Books.book(7).from(t).rule(...)}. Rules are
 * given as JSON, or built: {@code percentOff("sale", "10").categories("garden").priority(2)}.
 */
public final class Books {

    /** The example of the contract: scarce goods cost more, plenty costs less. */
    public static final String SCARCITY =
            """
            {"rule_id":"scarcity","kind":"quantity_bands","bands":[
              {"below":10,"multiplier":1.2},{"below":50,"multiplier":1.0},{"multiplier":0.8}]}""";

    private final long version;
    private String bookId = "default";
    private String currency = "EUR";
    private String defaultTier = "standard";
    private String tiers =
            "\"premium\":{\"base_price\":15.00},\"standard\":{\"base_price\":10.00},\"basic\":{\"base_price\":5.00}";
    private Long from = 0L;
    private Long to;
    private String comment;
    private boolean force;
    private final Map<String, String> regions = new LinkedHashMap<>();
    private final List<String> rules = new ArrayList<>();

    private Books(long version) {
        this.version = version;
    }

    public static Books book(long version) {
        return new Books(version);
    }

    public Books id(String id) {
        bookId = id;
        return this;
    }

    /** Epoch milliseconds; null: none. */
    public Books from(Long millis) {
        from = millis;
        return this;
    }

    public Books to(Long millis) {
        to = millis;
        return this;
    }

    public Books currency(String code) {
        currency = code;
        return this;
    }

    /** Null: none. */
    public Books defaultTier(String tier) {
        defaultTier = tier;
        return this;
    }

    /** The members of {@code tiers}, as JSON. */
    public Books tiers(String json) {
        tiers = json;
        return this;
    }

    public Books standardCosts(String price) {
        return tiers("\"standard\":{\"base_price\":" + price + "}");
    }

    public Books comment(String text) {
        comment = text;
        return this;
    }

    /** Published although the circuit breaker may refuse it. */
    public Books force() {
        force = true;
        return this;
    }

    /** A region and the warehouses that lie in it. */
    public Books region(String name, String... warehouses) {
        regions.put(name, list(warehouses));
        return this;
    }

    /** A rule, as JSON. */
    public Books rule(String json) {
        rules.add(json);
        return this;
    }

    public Books rule(RuleText rule) {
        return rule(rule.toString());
    }

    /** Bands, each as JSON, from narrow to wide. */
    public static RuleText bands(String ruleId, String... bands) {
        return new RuleText(ruleId, "quantity_bands")
                .with("bands", "[" + String.join(",", bands) + "]");
    }

    public static RuleText regional(String ruleId, String multiplier) {
        return new RuleText(ruleId, "regional").with("multiplier", multiplier);
    }

    public static RuleText percentOff(String ruleId, String percent) {
        return new RuleText(ruleId, "promotion").with("percent_off", percent);
    }

    public static RuleText amountOff(String ruleId, String amount) {
        return new RuleText(ruleId, "promotion").with("amount_off", amount);
    }

    /** Null: no floor, or no ceiling. */
    public static RuleText limits(String ruleId, String floor, String ceiling) {
        return new RuleText(ruleId, "limits").with("floor", floor).with("ceiling", ceiling);
    }

    /** To a multiple of an increment; null: the minor unit. A null mode: HALF_UP. */
    public static RuleText rounding(String ruleId, String increment, String mode) {
        return new RuleText(ruleId, "rounding")
                .with("increment", increment)
                .with("mode", mode == null ? null : quoted(mode));
    }

    public static RuleText ending(String ruleId, String ending) {
        return new RuleText(ruleId, "rounding").with("ending", ending);
    }

    public static RuleText hold(String ruleId, long minSeconds) {
        return new RuleText(ruleId, "hold").with("min_seconds", Long.toString(minSeconds));
    }

    /** The rules so far, each as JSON. */
    public List<String> rules() {
        return List.copyOf(rules);
    }

    public String json() {
        StringBuilder json = new StringBuilder("{\"book_id\":\"").append(bookId).append('"');
        json.append(",\"version\":").append(version);
        json.append(",\"currency\":\"").append(currency).append('"');
        if (from != null) {
            json.append(",\"effective_from\":").append(from);
        }
        if (to != null) {
            json.append(",\"effective_to\":").append(to);
        }
        if (comment != null) {
            json.append(",\"comment\":").append(quoted(comment));
        }
        if (force) {
            json.append(",\"force\":true");
        }
        if (defaultTier != null) {
            json.append(",\"default_tier\":\"").append(defaultTier).append('"');
        }
        json.append(",\"tiers\":{").append(tiers).append('}');
        if (!regions.isEmpty()) {
            json.append(",\"regions\":").append(object(regions));
        }
        json.append(",\"rules\":[");
        return json.append(String.join(",", rules)).append("]}").toString();
    }

    public byte[] bytes() {
        return json().getBytes(StandardCharsets.UTF_8);
    }

    /** The book; its times may count from 0 on. */
    public RuleBook read() {
        RuleBookReader.Result result = RuleBookReader.read(bytes(), 0);
        if (result.book() == null) {
            throw new IllegalArgumentException(json() + " is refused: " + result.reasons());
        }
        return result.book();
    }

    public PriceBook compile() {
        return new PriceBook(read(), Period.of(from == null ? 0 : from, to));
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String list(String... names) {
        return Arrays.stream(names).map(Books::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    private static String object(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> quoted(field.getKey()) + ":" + field.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** One rule, written field by field; {@code toString} is its JSON. */
    public static final class RuleText {

        private final Map<String, String> fields = new LinkedHashMap<>();
        private final Map<String, String> scope = new LinkedHashMap<>();

        private RuleText(String ruleId, String kind) {
            with("rule_id", quoted(ruleId)).with("kind", quoted(kind));
        }

        /** Any field, as JSON; null: none. */
        public RuleText with(String field, String json) {
            if (json != null) {
                fields.put(field, json);
            }
            return this;
        }

        public RuleText products(String... ids) {
            scope.put("product_ids", list(ids));
            return this;
        }

        public RuleText categories(String... names) {
            scope.put("categories", list(names));
            return this;
        }

        public RuleText tiers(String... names) {
            scope.put("tiers", list(names));
            return this;
        }

        public RuleText warehouses(String... ids) {
            scope.put("warehouse_ids", list(ids));
            return this;
        }

        public RuleText regions(String... names) {
            scope.put("regions", list(names));
            return this;
        }

        public RuleText priority(int priority) {
            return with("priority", Integer.toString(priority));
        }

        /** Epoch milliseconds, inclusive. */
        public RuleText from(long millis) {
            return with("effective_from", Long.toString(millis));
        }

        /** Epoch milliseconds, exclusive. */
        public RuleText to(long millis) {
            return with("effective_to", Long.toString(millis));
        }

        public RuleText exclusive() {
            return with("stacking", quoted("exclusive"));
        }

        public RuleText segment(String name) {
            return with("segment", quoted(name));
        }

        @Override
        public String toString() {
            Map<String, String> all = new LinkedHashMap<>(fields);
            if (!scope.isEmpty()) {
                all.put("scope", object(scope));
            }
            return object(all);
        }
    }
}
