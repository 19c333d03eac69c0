package dev.sotto.platform;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * What every service is told about the platform, under {@code sotto.platform}.
 *
 * @param schema the service's schema, which is also the first part of its logins
 * @param instance tells instances of one service apart, stable over restarts: with it a consumer
 *     that was killed takes its partitions up again at once, without it after six seconds
 * @param internalTokenFile what services show each other; see {@link
 *     dev.sotto.platform.internal.InternalToken}
 */
@Validated
@ConfigurationProperties("sotto.platform")
public record PlatformSettings(
    @NotNull @Pattern(regexp = "[a-z][a-z0-9_]{0,30}") String schema,
    @Nullable @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String instance,
    @Nullable Path internalTokenFile) {}
