package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

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
 * @param told the same as {@link BookAnswers} hears it, with its place
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
        Integer progressPercent,
        BookAnswers.Told told) {

    /** Null where it is none that this release knows. */
    static Answer read(ConsumerRecord<byte[], byte[]> message) {
        ObjectNode json = message.value() == null ? null : JsonText.parse(message.value());
        if (json == null) {
            return null;
        }
        State state = State.named(json.path("status").asText());
        if (state == null) {
            return null;
        }
        long version = json.path("version").asLong(0);
        Long from = time(json, "effective_from");
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
                version,
                state,
                message.timestamp(),
                from,
                reasons,
                number(json, "examined"),
                number(json, "changed"),
                number(json, "took_ms"),
                percent == null ? null : percent.intValue(),
                new BookAnswers.Told(
                        version,
                        state,
                        number(json, "deciding_version"),
                        from,
                        time(json, "at"),
                        message.timestamp(),
                        message.partition(),
                        message.offset()));
    }

    private static Long time(JsonNode json, String field) {
        long time = Instants.parse(json.path(field).asText());
        return time == Instants.INVALID ? null : time;
    }

    private static Long number(JsonNode json, String field) {
        return json.path(field).isIntegralNumber() ? json.path(field).longValue() : null;
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
            case OVERTAKEN ->
                    (told.deciding() == null ? "a newer version" : bookId + "@" + told.deciding())
                            + " holds at its begin: it does not decide";
            case ENDED ->
                    "its time is over"
                            + (told.at() == null ? "" : " since " + Instants.format(told.at()))
                            + (told.deciding() == null
                                    ? ", and no version decides: its products are unpriced"
                                    : "; " + bookId + "@" + told.deciding() + " decides now");
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
        if (told.at() != null) {
            json.put("at", Instants.format(told.at()));
        }
        if (told.deciding() != null) {
            json.put("deciding_version", told.deciding());
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
