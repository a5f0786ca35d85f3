package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.rules.Effect;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.Hold;
import io.slackwater.pricing.rules.Limits;
import io.slackwater.pricing.rules.Promotion;
import io.slackwater.pricing.rules.QuantityBands;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.Regional;
import io.slackwater.pricing.rules.Rounding;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;

/**
 * Reads what a rule does: the fields of its kind (contract, "Rules"). What it answers has holes
 * where faults were told.
 */
final class RuleBodies {

    /** The most bands of a rule. */
    static final int MAX_BANDS = 1_000;

    /** The longest restocking time of a band: a hundred years, in days. */
    static final int MAX_DAYS = 36_500;

    /** The longest hold: a year, in seconds. */
    static final int MAX_HOLD_SECONDS = 31_536_000;

    static final String STACKABLE = "stackable";
    static final String EXCLUSIVE = "exclusive";

    /** How a promotion goes with others. */
    static final List<String> STACKINGS = List.of(STACKABLE, EXCLUSIVE);

    /** How a price is rounded; the others of Java have no place in the contract. */
    static final List<String> MODES = List.of("HALF_UP", "HALF_EVEN", "UP", "DOWN");

    static final List<String> BAND_FIELDS =
            List.of("below", "restocking_over", "restocking_at_most", "multiplier", "price");

    private final BookFields in;

    /** The digits of the currency's minor unit; null when the book's currency is faulty. */
    private final Integer digits;

    RuleBodies(BookFields in, String currency) {
        this.in = in;
        this.digits =
                currency == null ? null : Currency.getInstance(currency).getDefaultFractionDigits();
    }

    /** The fields of a kind, besides those of every rule. */
    static List<String> fields(Kind kind) {
        return switch (kind) {
            case QUANTITY_BANDS -> List.of("bands");
            case REGIONAL -> List.of("multiplier");
            case PROMOTION -> List.of("percent_off", "amount_off", "stacking", "segment");
            case LIMITS -> List.of("floor", "ceiling");
            case ROUNDING -> List.of("increment", "mode", "ending");
            case HOLD -> List.of("min_seconds");
        };
    }

    /** Reads what a rule of a kind does. */
    Effect effect(Kind kind, JsonNode rule, String path) {
        return switch (kind) {
            case QUANTITY_BANDS -> new QuantityBands(bands(rule, path));
            case REGIONAL ->
                    new Regional(in.number(rule, path, "multiplier", Range.MULTIPLIER, true));
            case PROMOTION -> promotion(rule, path);
            case LIMITS -> limits(rule, path);
            case ROUNDING -> rounding(rule, path);
            case HOLD -> hold(rule, path);
        };
    }

    private List<Band> bands(JsonNode rule, String rulePath) {
        String path = rulePath + "/bands";
        JsonNode node = rule.get("bands");
        if (node == null || !node.isArray()) {
            in.notA("BANDS", "_NOT_A_LIST", path, "bands", node, "a list of bands");
            return List.of();
        }
        if (node.isEmpty() || node.size() > MAX_BANDS) {
            in.fault(
                    node.isEmpty() ? "BANDS_EMPTY" : "TOO_MANY_BANDS",
                    path,
                    "bands has " + node.size() + " bands; allowed: 1 to " + MAX_BANDS + ".");
            return List.of();
        }
        List<Band> bands = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            String at = path + "/" + i;
            Band band = band(node.get(i), at, i == node.size() - 1);
            for (int earlier = 0; band != null && earlier < i; earlier++) {
                if (bands.get(earlier) != null && bands.get(earlier).covers(band)) {
                    in.fault(
                            "BAND_NEVER_MATCHES",
                            at,
                            "The band can never match, as "
                                    + path
                                    + "/"
                                    + earlier
                                    + " matches before it whatever it would match; allowed: from"
                                    + " narrow to wide.");
                    break;
                }
            }
            bands.add(band);
        }
        return bands.contains(null) ? List.of() : List.copyOf(bands);
    }

    /** Null when it is faulty: nothing more can then be said of it. */
    private Band band(JsonNode node, String path, boolean last) {
        if (!node.isObject()) {
            in.notA("BAND", "_NOT_AN_OBJECT", path, "The band", node, "an object");
            return null;
        }
        int before = in.count();
        in.refuseOthers(node, path, "A band", BAND_FIELDS);
        Long below = in.integer(node, path, "below", Long.MIN_VALUE, Long.MAX_VALUE, false);
        Long over = in.integer(node, path, "restocking_over", 0, MAX_DAYS, false);
        Long atMost = in.integer(node, path, "restocking_at_most", 0, MAX_DAYS, false);
        BigDecimal multiplier = in.number(node, path, "multiplier", Range.MULTIPLIER, false);
        BigDecimal price = in.number(node, path, "price", Range.AMOUNT, false);
        if (node.has("multiplier") == node.has("price")) {
            in.fault(
                    node.has("price") ? "BAND_WITH_TWO_RESULTS" : "BAND_WITHOUT_RESULT",
                    path,
                    "The band has "
                            + (node.has("price") ? "both" : "neither")
                            + " multiplier and price; allowed: exactly one.");
        }
        if (over != null && atMost != null && over >= atMost) {
            in.fault(
                    "RESTOCKING_RANGE_EMPTY",
                    path,
                    "restocking_over is "
                            + over
                            + " and restocking_at_most "
                            + atMost
                            + "; allowed: the first below the second.");
        }
        if (last
                && (node.has("below")
                        || node.has("restocking_over")
                        || node.has("restocking_at_most"))) {
            in.fault(
                    "LAST_BAND_CONDITIONAL",
                    path,
                    "The last band has a condition, so that some stock would match no band;"
                            + " allowed: only multiplier or price.");
        }
        if (in.count() > before) {
            return null;
        }
        return new Band(
                below,
                over == null ? null : over.intValue(),
                atMost == null ? null : atMost.intValue(),
                multiplier,
                price);
    }

    private Promotion promotion(JsonNode rule, String path) {
        BigDecimal percent = in.number(rule, path, "percent_off", Range.PERCENT, false);
        BigDecimal amount = in.number(rule, path, "amount_off", Range.AMOUNT, false);
        if (rule.has("percent_off") == rule.has("amount_off")) {
            boolean both = rule.has("percent_off");
            in.fault(
                    both ? "PROMOTION_WITH_TWO_CUTS" : "PROMOTION_WITHOUT_CUT",
                    path,
                    "The promotion has "
                            + (both ? "both" : "neither")
                            + " percent_off and amount_off; allowed: exactly one.");
        }
        String stacking = in.word(rule, path, "stacking", STACKINGS);
        String segment = in.name(rule, path, "segment", false);
        return new Promotion(percent, amount, EXCLUSIVE.equals(stacking), segment);
    }

    private Limits limits(JsonNode rule, String path) {
        int before = in.count();
        BigDecimal floor = in.number(rule, path, "floor", Range.AMOUNT, false);
        BigDecimal ceiling = in.number(rule, path, "ceiling", Range.AMOUNT, false);
        if (!rule.has("floor") && !rule.has("ceiling")) {
            in.fault(
                    "LIMITS_EMPTY",
                    path,
                    "The limits have neither floor nor ceiling; allowed: either or both.");
        }
        if (in.count() == before && floor != null && ceiling != null) {
            if (floor.compareTo(ceiling) > 0) {
                in.fault(
                        "FLOOR_ABOVE_CEILING",
                        path,
                        "floor is "
                                + floor.toPlainString()
                                + " and ceiling "
                                + ceiling.toPlainString()
                                + "; allowed: a floor not above the ceiling.");
            }
        }
        if (in.count() == before && digits != null && ceiling != null) {
            BigDecimal highest = ceiling.setScale(digits, RoundingMode.FLOOR);
            BigDecimal lowest =
                    floor == null ? minorUnit() : floor.setScale(digits, RoundingMode.CEILING);
            if (lowest.compareTo(highest) > 0) {
                in.fault(
                        "LIMITS_LEAVE_NO_PRICE",
                        path,
                        (floor == null
                                        ? "No price above 0"
                                        : "No price from " + floor.toPlainString())
                                + " to "
                                + ceiling.toPlainString()
                                + " is whole in the currency's minor unit, "
                                + minorUnit().toPlainString()
                                + "; allowed: limits with such a price between them.");
            }
        }
        return new Limits(floor, ceiling);
    }

    private Rounding rounding(JsonNode rule, String path) {
        BigDecimal increment = in.number(rule, path, "increment", Range.AMOUNT, false);
        String mode = in.word(rule, path, "mode", MODES);
        BigDecimal ending = in.number(rule, path, "ending", Range.ENDING, false);
        for (String field : List.of("increment", "ending")) {
            BigDecimal number = field.equals("ending") ? ending : increment;
            if (number != null && digits != null && number.scale() > digits) {
                in.fault(
                        Texts.code(field) + "_NOT_IN_MINOR_UNITS",
                        path + "/" + field,
                        field
                                + " is "
                                + number.toPlainString()
                                + "; allowed: a multiple of the currency's minor unit, "
                                + minorUnit().toPlainString()
                                + ".");
            }
        }
        return new Rounding(
                increment,
                mode == null ? RoundingMode.HALF_UP : RoundingMode.valueOf(mode),
                ending);
    }

    private Hold hold(JsonNode rule, String path) {
        Long seconds = in.integer(rule, path, "min_seconds", 1, MAX_HOLD_SECONDS, true);
        return new Hold(seconds == null ? 0 : seconds);
    }

    private BigDecimal minorUnit() {
        return BigDecimal.ONE.movePointLeft(digits);
    }
}
