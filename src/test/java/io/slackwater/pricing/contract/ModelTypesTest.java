package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What records that flow or are stored may hold: only what Flink serializes by itself, compactly
 * and so that fields can be added. Anything else falls to Kryo, or is a class that we cannot keep
 * stable.
 */
class ModelTypesTest {

    private static final Set<Class<?>> PLAIN =
            Set.of(
                    boolean.class,
                    byte.class,
                    short.class,
                    int.class,
                    long.class,
                    Boolean.class,
                    Byte.class,
                    Short.class,
                    Integer.class,
                    Long.class,
                    String.class,
                    BigDecimal.class,
                    byte[].class);

    private static final Set<Class<?>> CONTAINERS = Set.of(List.class, Map.class, Set.class);

    @Test
    void recordsHoldOnlyTypesThatNeedNoKryo() {
        List<String> faults = new ArrayList<>();
        int records = 0;
        for (JavaClass type :
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.slackwater.pricing.model")) {
            if (type.isRecord()) {
                records++;
                faults.addAll(faults(type.reflect()));
            }
        }
        assertEquals(List.of(), faults);
        assertTrue(records >= 10, "only " + records + " records were found");
    }

    @Test
    void noticesWhatItForbids() {
        assertEquals(
                List.of("Bad.maybe", "Bad.share", "Bad.deep", "Bad.hidden", "Bad.raw", "Bad.names"),
                faults(Bad.class));
        assertEquals(List.of("Empty has no field"), faults(Empty.class));
    }

    @SuppressWarnings("rawtypes") // that is one of the breaches
    private record Bad(
            String fine,
            Optional<String> maybe,
            double share,
            Map<String, List<StringBuilder>> deep,
            List<Empty> hidden,
            List raw,
            String[] names) {}

    private record Empty() {}

    private static List<String> faults(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 0) {
            return List.of(type.getSimpleName() + " has no field");
        }
        return Arrays.stream(components)
                .filter(component -> !isAllowed(component.getGenericType()))
                .map(component -> type.getSimpleName() + "." + component.getName())
                .toList();
    }

    private static boolean isAllowed(Type type) {
        if (type instanceof ParameterizedType container) {
            return CONTAINERS.contains(container.getRawType())
                    && Arrays.stream(container.getActualTypeArguments())
                            .allMatch(ModelTypesTest::isAllowed);
        }
        return type instanceof Class<?> plain
                && (PLAIN.contains(plain)
                        || plain.isEnum()
                        || (plain.isRecord() && Modifier.isPublic(plain.getModifiers())));
    }
}
