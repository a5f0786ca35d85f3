package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.demo.ContractModel.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Which rules of a book apply to a stock level, read from the contract by somebody who has never
 * seen the engine: it looks at every rule of the document each time.
 */
final class ContractRules {

    private final JsonNode book;
    private final Subject subject;
    private final String tier;
    private final long at;

    /**
     * @param subject the stock level
     * @param tier its tier; null: none
     * @param at the time that is priced, epoch milliseconds
     */
    ContractRules(JsonNode book, Subject subject, String tier, long at) {
        this.book = book;
        this.subject = subject;
        this.tier = tier;
        this.at = at;
    }

    /** Returns the rules of a kind that match the stock level and hold, in no order. */
    private List<JsonNode> fitting(String kind) {
        List<JsonNode> fitting = new ArrayList<>();
        for (JsonNode rule : book.get("rules")) {
            if (!rule.get("kind").asText().equals(kind)
                    || at < ContractModel.time(rule.get("effective_from"), Long.MIN_VALUE)
                    || at >= ContractModel.time(rule.get("effective_to"), Long.MAX_VALUE)) {
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

    /** Returns the most specific of the rules of a kind that applies once; null: none applies. */
    JsonNode winner(String kind) {
        return fitting(kind).stream()
                .min(
                        Comparator.comparingInt(ContractRules::thingRank)
                                .thenComparingInt(ContractRules::placeRank)
                                .thenComparingInt(rule -> -rule.path("priority").asInt(0))
                                .thenComparing(rule -> rule.get("rule_id").asText()))
                .orElse(null);
    }

    /** Product before category before tier before none. */
    private static int thingRank(JsonNode rule) {
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
    private static int placeRank(JsonNode rule) {
        JsonNode scope = rule.path("scope");
        if (scope.has("warehouse_ids")) {
            return 1;
        }
        return scope.has("regions") ? 2 : 3;
    }

    /**
     * Returns the promotions that apply together: those without a segment and those of this one.
     *
     * @param segment null: the price for everybody
     */
    List<JsonNode> promotionsFor(String segment) {
        List<JsonNode> all = fitting("promotion");
        all.removeIf(
                rule ->
                        rule.has("segment")
                                && !Objects.equals(segment, rule.get("segment").asText()));
        return all.stream()
                .filter(rule -> rule.path("stacking").asText().equals("exclusive"))
                .min(
                        Comparator.comparingInt((JsonNode rule) -> -rule.path("priority").asInt(0))
                                .thenComparingInt(ContractRules::thingRank)
                                .thenComparingInt(ContractRules::placeRank)
                                .thenComparing(rule -> rule.get("rule_id").asText()))
                .map(List::of)
                .orElse(all);
    }
}
