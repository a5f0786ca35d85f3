package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer of the job about a rule book, as {@code rule_status} tells it.
 *
 * @param bookId the book
 * @param version its version; 0 where the answer has none
 * @param state what became of it
 * @param toldAt when it was told, wall clock, epoch milliseconds
 * @param effectiveFrom epoch milliseconds; null where it is not told
 * @param reasons why it was refused; empty otherwise
 * @param examined prices re-examined so far; null where it is not told
 * @param changed prices changed so far; null likewise
 * @param tookMillis null likewise
 * @param progressPercent null likewise
 */
record Answer(
        String bookId,
        long version,
        State state,
        long toldAt,
        Long effectiveFrom,
        List<Reason> reasons,
        Long examined,
        Long changed,
        Long tookMillis,
        Integer progressPercent) {

    /** Null where it is none that this release knows. */
    static Answer read(byte[] value, long toldAt) {
        ObjectNode json = value == null ? null : JsonText.parse(value);
        if (json == null) {
            return null;
        }
        State state = null;
        for (State known : State.values()) {
            if (known.name().equals(json.path("status").asText())) {
                state = known;
            }
        }
        if (state == null) {
            return null;
        }
        long from = Instants.parse(json.path("effective_from").asText());
        List<Reason> reasons = new ArrayList<>();
        for (JsonNode reason : json.path("reasons")) {
            reasons.add(
                    new Reason(
                            reason.path("reason").asText(),
                            reason.path("path").asText(),
                            reason.path("message").asText()));
        }
        Long percent = number(json, "progress_percent");
        return new Answer(
                json.path("book_id").asText(),
                json.path("version").asLong(0),
                state,
                toldAt,
                from == Instants.INVALID ? null : from,
                reasons,
                number(json, "examined"),
                number(json, "changed"),
                number(json, "took_ms"),
                percent == null ? null : percent.intValue());
    }

    private static Long number(JsonNode json, String field) {
        return json.path(field).isIntegralNumber() ? json.path(field).longValue() : null;
    }

    /** Whether it is what the job first says of a version, rather than what came of it later. */
    boolean isFirst() {
        return switch (state) {
            case ACTIVE, SCHEDULED, STALE, REJECTED, IGNORED -> true;
            case CONVERGING, CONVERGED, CANCELLED, RETIRED -> false;
        };
    }

    /** In words, without the book's name and the reasons. */
    String words() {
        return switch (state) {
            case ACTIVE ->
                    effectiveFrom == null
                            ? "it decides prices"
                            : "it decides prices from " + Instants.format(effectiveFrom) + " on";
            case SCHEDULED ->
                    "it is accepted and begins"
                            + (effectiveFrom == null
                                    ? " later"
                                    : " at " + Instants.format(effectiveFrom));
            case STALE -> "a book of this or a higher version came before it";
            case REJECTED -> "it is refused whole";
            case CONVERGING ->
                    (progressPercent == null ? "" : progressPercent + " % of the stock, ")
                            + figures();
            case CONVERGED -> figures() + ", in %,d ms".formatted(or0(tookMillis));
            case CANCELLED -> "a newer book came before all stock was re-examined; " + figures();
            case IGNORED -> "it is not the book that prices";
            case RETIRED -> "it was withdrawn: its products are unpriced";
        };
    }

    private String figures() {
        return "%,d prices re-examined, %,d changed".formatted(or0(examined), or0(changed));
    }

    private static long or0(Long number) {
        return number == null ? 0 : number;
    }

    ObjectNode toJson() {
        ObjectNode json = JsonText.object().put("book_id", bookId);
        if (version > 0) {
            json.put("version", version);
        }
        json.put("status", state.name()).put("told_at", Instants.format(toldAt));
        if (effectiveFrom != null) {
            json.put("effective_from", Instants.format(effectiveFrom));
        }
        if (!reasons.isEmpty()) {
            var array = json.putArray("reasons");
            for (Reason reason : reasons) {
                array.addObject()
                        .put("reason", reason.reason())
                        .put("path", reason.path())
                        .put("message", reason.message());
            }
        }
        if (examined != null) {
            json.put("examined", examined);
        }
        if (changed != null) {
            json.put("changed", changed);
        }
        if (tookMillis != null) {
            json.put("took_ms", tookMillis);
        }
        if (progressPercent != null) {
            json.put("progress_percent", progressPercent);
        }
        return json;
    }
}
