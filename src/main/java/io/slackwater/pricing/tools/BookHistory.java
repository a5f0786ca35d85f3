package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where the documents of earlier versions of a rule book are found. */
@FunctionalInterface
interface BookHistory {

    /**
     * The document of a version, as it was published.
     *
     * @throws CommandFailure when nobody can be asked
     */
    Optional<byte[]> document(long version);

    /** What the lake keeps for ever of every version that was accepted. Nothing where it is off. */
    static BookHistory ofLake(Settings settings) {
        return version -> {
            if (!settings.lake().enabled()) {
                return Optional.empty();
            }
            try (LakeReader lake = LakeReader.open(settings.lake())) {
                return lake.accepted(settings.pricing().book(), version).stream()
                        .findFirst()
                        .map(RuleStatus::document)
                        .map(document -> document.getBytes(StandardCharsets.UTF_8));
            } catch (LakeReader.Unreadable | IOException e) {
                throw CommandFailure.wrongUse(
                        "the version is on no topic any more, and the lake that keeps it cannot be"
                                + " read: "
                                + e.getMessage());
            }
        };
    }

    /** Asks another history where this one does not know. */
    default BookHistory or(BookHistory other) {
        return version -> document(version).or(() -> other.document(version));
    }
}
