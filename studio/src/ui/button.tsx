import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./button.module.css";

type Native = ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

interface ButtonProps extends Native {
  look?: "plain" | "main" | "quiet";
  size?: "usual" | "large";
  icon?: ReactNode;
}

export function Button({ look = "plain", size = "usual", icon, children, className = "", ...rest }: ButtonProps) {
  const names = [styles.button, look !== "plain" && styles[look], size === "large" && styles.large, className];
  return (
    <button type="button" className={names.filter(Boolean).join(" ")} {...rest}>
      {icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends Native {
  label: string;
  look?: "plain" | "quiet";
}

/** A button with a picture instead of words; `label` says them to those who do not see it, and on hovering. */
export function IconButton({ label, look = "quiet", children, className = "", ...rest }: IconButtonProps) {
  const names = [styles.button, styles.icon, look === "quiet" && styles.quiet, className];
  return (
    <button type="button" aria-label={label} title={label} className={names.filter(Boolean).join(" ")} {...rest}>
      {children}
    </button>
  );
}
