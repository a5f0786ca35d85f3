package io.slackwater.pricing.contract;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.slackwater.pricing.Inputs;
import io.slackwater.pricing.Output;
import io.slackwater.pricing.Outputs;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Which way the arrows point, and what has no place where. Ordinary tests on purpose: fields that
 * ArchUnit's own engine would run are skipped in silence by Surefire.
 */
class ArchitectureTest {

    private static final String OURS = "io.slackwater.pricing";

    /** Programs that stand around the job: they may print, look at the clock and use all else. */
    private static final String[] PROGRAMS = {
        OURS + ".demo..", OURS + ".dashboard..", OURS + ".tools.."
    };

    /** The way between the flow and the world. */
    private static final DescribedPredicate<JavaClass> SEAM =
            belongToAnyOf(Inputs.class, Outputs.class, Output.class).as("the seam");

    private static JavaClasses code;

    @BeforeAll
    static void readTheClasses() {
        code =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(OURS);
        assertTrue(code.size() > 20, "only " + code.size() + " classes were found");
    }

    @Test
    void modelDependsOnNothingOfOurs() {
        check(mayUse("model"));
    }

    @Test
    void settingsDependOnNothingOfOurs() {
        check(mayUse("settings"));
    }

    @Test
    void rulesDependOnTheModelOnly() {
        check(mayUse("rules", "model"));
    }

    @Test
    void jsonDependsOnTheModelAndTheRulesOnly() {
        check(mayUse("json", "model", "rules"));
    }

    @Test
    void operatorsKnowNoConnector() {
        check(mayUse("operators", "rules", "model", "settings", "json"));
    }

    @Test
    void connectorsKnowNoOperatorAndNoRule() {
        check(
                classes()
                        .that()
                        .resideInAPackage(OURS + ".connectors..")
                        .should()
                        .onlyDependOnClassesThat(
                                theirsOr("connectors", "model", "settings", "json").or(SEAM)));
    }

    @Test
    void theSeamKnowsTheModelOnly() {
        check(classes().that(SEAM).should().onlyDependOnClassesThat(theirsOr("model").or(SEAM)));
    }

    @Test
    void theTopologySeesNoConnector() {
        DescribedPredicate<JavaClass> topology = rootClass("PricingTopology");
        check(
                classes()
                        .that(topology)
                        .should()
                        .onlyDependOnClassesThat(
                                theirsOr("operators", "model", "settings", "rules")
                                        .or(SEAM)
                                        .or(topology)));
    }

    @Test
    void nothingDependsOnTheDemo() {
        check(
                noClasses()
                        .that(not(resideInAPackage(OURS + ".demo..")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(OURS + ".demo.."));
    }

    @Test
    void onlyTheDemoDependsOnTheDashboard() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(in("dashboard", "demo"))))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(OURS + ".dashboard.."));
    }

    @Test
    void theDashboardKnowsTheTopicsAndNotTheJob() {
        check(mayUse("dashboard", "connectors", "json", "model", "settings", "tools"));
    }

    /**
     * The check judges the engine: with a line of it, it would agree with its faults. No class of
     * the demo needs the engine, so that the check can use any of them.
     */
    @Test
    void theIndependentCheckSharesNoCodeWithTheEngine() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage(OURS + ".demo..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(in("rules", "operators", "json")));
    }

    @Test
    void theJobDependsOnNoProgramAroundIt() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(PROGRAMS)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(PROGRAMS));
    }

    @Test
    void whatDecidesAPriceIsPlainJava() {
        check(
                noClasses()
                        .that()
                        .resideInAnyPackage(in("rules", "model", "json", "settings"))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.apache.."));
    }

    @Test
    void theModelHoldsPublicRecordsAndEnumsOnly() {
        check(
                classes()
                        .that()
                        .resideInAPackage(OURS + ".model..")
                        .and()
                        .doNotHaveSimpleName("package-info")
                        .should(
                                be(
                                        describe(
                                                "public records or enums",
                                                type ->
                                                        (type.isRecord() || type.isEnum())
                                                                && type.getModifiers()
                                                                        .contains(PUBLIC)))));
    }

    @Test
    void noNameSaysNothing() {
        check(
                noClasses()
                        .that()
                        // Flink calls it so, and it says what it is.
                        .areNotAssignableTo(StreamOperatorFactory.class)
                        .should()
                        .haveNameMatching(".*(Impl|Utils?|Helper|Manager|Base|Factory)(\\$.*)?"));
    }

    @Test
    void logicIsToldTheTime() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(PROGRAMS).or(rootClass("PricingJob"))))
                        .should()
                        .accessTargetWhere(
                                describe(
                                        "the clock of this machine is read",
                                        access ->
                                                calls(access, Instant.class, "now")
                                                        || calls(
                                                                access,
                                                                System.class,
                                                                "currentTimeMillis")
                                                        || calls(
                                                                access,
                                                                Clock.class,
                                                                "system",
                                                                "systemUTC",
                                                                "systemDefaultZone"))));
    }

    @Test
    void moneyIsNeverABinaryFraction() {
        check(
                noFields()
                        .that()
                        .areDeclaredInClassesThat()
                        .resideInAnyPackage(in("model", "rules"))
                        .should()
                        .haveRawType(
                                describe(
                                        "float or double",
                                        type ->
                                                List.of(
                                                                float.class,
                                                                double.class,
                                                                Float.class,
                                                                Double.class)
                                                        .stream()
                                                        .anyMatch(type::isEquivalentTo))));
    }

    @Test
    void onlyProgramsPrint() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(PROGRAMS).or(rootClass("PricingJob"))))
                        .should()
                        .accessTargetWhere(
                                describe(
                                        "something is printed",
                                        access ->
                                                calls(access, System.class, "out", "err")
                                                        || (access.getTarget()
                                                                        .getName()
                                                                        .equals("printStackTrace")
                                                                && access.getTargetOwner()
                                                                        .isAssignableTo(
                                                                                Throwable
                                                                                        .class)))));
    }

    @Test
    void howFlinkRunsIsSetInItsConfigurationAlone() {
        check(
                noClasses()
                        .that(not(resideInAnyPackage(PROGRAMS)))
                        .should()
                        .accessTargetWhere(
                                describe(
                                        "an environment is configured in Java",
                                        access ->
                                                access.getTargetOwner()
                                                                .isAssignableTo(
                                                                        StreamExecutionEnvironment
                                                                                .class)
                                                        && access.getTarget()
                                                                .getName()
                                                                .matches(
                                                                        "(set|enable|disable).*"))));
    }

    @Test
    void operatorsAndConnectorsHoldNoStateThatIsShared() {
        check(
                fields().that()
                        .areDeclaredInClassesThat()
                        .resideInAnyPackage(in("operators", "connectors", "rules", "json"))
                        .and()
                        .areStatic()
                        .should()
                        .beFinal());
    }

    @Test
    void theseRulesNoticeWhatTheyForbid() {
        JavaClasses tests = new ClassFileImporter().importClasses(Breach.class);
        EvaluationResult clock =
                noClasses()
                        .should()
                        .accessTargetWhere(
                                describe(
                                        "the clock is read",
                                        access -> calls(access, System.class, "currentTimeMillis")))
                        .evaluate(tests);
        assertFalse(clock.getFailureReport().isEmpty(), "a method reference goes unnoticed");
    }

    /** What a rule about calls overlooks: the clock as a method reference. */
    private static final class Breach {
        @SuppressWarnings("unused") // only its class file is read
        private final LongSupplier clock = System::currentTimeMillis;
    }

    /** Classes of a package use their own, what is named, and what is not ours. */
    private static ArchRule mayUse(String user, String... used) {
        return classes()
                .that()
                .resideInAPackage(OURS + "." + user + "..")
                .should()
                .onlyDependOnClassesThat(
                        theirsOr(
                                Stream.concat(Stream.of(user), Arrays.stream(used))
                                        .toArray(String[]::new)));
    }

    private static DescribedPredicate<JavaClass> theirsOr(String... packages) {
        return not(resideInAPackage(OURS + "..")).or(resideInAnyPackage(in(packages)));
    }

    private static String[] in(String... packages) {
        return Arrays.stream(packages).map(name -> OURS + "." + name + "..").toArray(String[]::new);
    }

    /** A class of the root package, with what is nested in it. */
    private static DescribedPredicate<JavaClass> rootClass(String name) {
        return describe(
                name,
                type ->
                        type.getName().equals(OURS + "." + name)
                                || type.getName().startsWith(OURS + "." + name + "$"));
    }

    private static boolean calls(JavaAccess<?> access, Class<?> owner, String... names) {
        return access.getTargetOwner().isEquivalentTo(owner)
                && Set.of(names).contains(access.getTarget().getName());
    }

    /** Fails with every violation; also where a rule speaks of no class at all. */
    private static void check(ArchRule rule) {
        rule.check(code);
    }
}
