package io.slackwater.pricing.testing;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.rules.PriceBook;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes rule books as pricing managers would: {@code Books.book(7).from(t).rule(...)}. */
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

    /** A rule, as JSON. */
    public Books rule(String json) {
        rules.add(json);
        return this;
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
        if (defaultTier != null) {
            json.append(",\"default_tier\":\"").append(defaultTier).append('"');
        }
        json.append(",\"tiers\":{").append(tiers).append("},\"rules\":[");
        return json.append(String.join(",", rules)).append("]}").toString();
    }

    public byte[] bytes() {
        return json().getBytes(StandardCharsets.UTF_8);
    }

    public RuleBook read() {
        RuleBookReader.Result result = RuleBookReader.read(bytes());
        if (result.book() == null) {
            throw new IllegalArgumentException(json() + " is refused: " + result.reasons());
        }
        return result.book();
    }

    public PriceBook compile() {
        return new PriceBook(read(), from == null ? 0 : from, to == null ? Long.MAX_VALUE : to);
    }
}
