import type { ComponentChildren } from 'preact';

/** Icons are drawn on 24 × 24 with a line of 1.75, in the colour of the text around them. */
const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {children}
  </svg>
);

const slash = <path d="M4 4l16 16" />;

export const MicIcon = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
);
export const MicOffIcon = () => (
  <Icon>
    <path d="M15 10V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5c0 .8-.1 1.5-.4 2.2M12 18v3" />
    {slash}
  </Icon>
);
export const CameraIcon = () => (
  <Icon>
    <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
    <path d="M15.5 10.8l4.3-2.6a.5.5 0 0 1 .7.5v6.6a.5.5 0 0 1-.7.5l-4.3-2.6" />
  </Icon>
);
export const CameraOffIcon = () => (
  <Icon>
    <path d="M10.5 6.5H13a2.5 2.5 0 0 1 2.5 2.5v1.8l4.3-2.6a.5.5 0 0 1 .7.5v6.6M15.3 15.6a2.5 2.5 0 0 1-2.3 1.9H5.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2.5-2.5" />
    {slash}
  </Icon>
);
export const ScreenIcon = () => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
    <path d="M9 20h6M12 13.5v-5M9.5 10.5L12 8l2.5 2.5" />
  </Icon>
);
export const ScreenOffIcon = () => (
  <Icon>
    <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
    <path d="M9 20h6M10 8.5l4 4M14 8.5l-4 4" />
  </Icon>
);
export const ChatIcon = () => (
  <Icon>
    <path d="M20.5 11.5c0 4-3.8 7-8.5 7-1 0-2-.1-2.9-.4L4.5 20l1-3.7a6.5 6.5 0 0 1-2-4.8c0-4 3.8-7 8.5-7s8.5 3 8.5 7z" />
    <path d="M8.5 11.5h.01M12 11.5h.01M15.5 11.5h.01" stroke-width="2.4" />
  </Icon>
);
export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M2.8 19.5c.5-3.3 3-5.5 6.2-5.5s5.7 2.2 6.2 5.5M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.5c1.8.8 2.9 2.6 3.2 5" />
  </Icon>
);
export const LinkIcon = () => (
  <Icon>
    <path d="M10 14a4.2 4.2 0 0 0 6.2.4l2.9-2.9a4.2 4.2 0 0 0-6-6l-1.2 1.2M14 10a4.2 4.2 0 0 0-6.2-.4l-2.9 2.9a4.2 4.2 0 0 0 6 6l1.2-1.2" />
  </Icon>
);
export const DevicesIcon = () => (
  <Icon>
    <path d="M4 7h9M17 7h3M4 17h3M11 17h9" />
    <circle cx="15" cy="7" r="2" />
    <circle cx="9" cy="17" r="2" />
  </Icon>
);
export const LeaveIcon = () => (
  <Icon>
    <path d="M12 9.5c-3.4 0-6.4.9-8.3 2.4-.8.6-1 1.6-.8 2.5l.3 1.2c.2.8 1 1.2 1.8 1l2.3-.7c.6-.2 1.1-.7 1.2-1.4l.2-1.3a10 10 0 0 1 6.6 0l.2 1.3c.1.7.6 1.2 1.2 1.4l2.3.7c.8.2 1.6-.2 1.8-1l.3-1.2c.2-.9 0-1.9-.8-2.5-1.9-1.5-4.9-2.4-8.3-2.4z" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M4.5 12L3.6 5.4c-.1-.7.6-1.2 1.2-.9L20.4 11.4c.6.2.6 1 0 1.2L4.8 19.5c-.6.3-1.3-.2-1.2-.9zm0 0h7" />
  </Icon>
);
export const ClipIcon = () => (
  <Icon>
    <path d="M19.5 11.5l-7.4 7.4a4.7 4.7 0 0 1-6.7-6.7l7.8-7.8a3.1 3.1 0 0 1 4.4 4.4l-7.8 7.8a1.6 1.6 0 0 1-2.2-2.2l7-7" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <path d="M13.5 3H7.5A2.5 2.5 0 0 0 5 5.5v13A2.5 2.5 0 0 0 7.5 21h9a2.5 2.5 0 0 0 2.5-2.5v-10zM13.5 3v5.5H19" />
  </Icon>
);
export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v10.5M7.5 10.5L12 15l4.5-4.5M4.5 19.5h15" />
  </Icon>
);
export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);
export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </Icon>
);
export const TrashIcon = () => (
  <Icon>
    <path d="M4.5 6.5h15M9.5 6.5v-2h5v2M6.5 6.5l.8 12a2 2 0 0 0 2 1.9h5.4a2 2 0 0 0 2-1.9l.8-12M10.2 10.5v6M13.8 10.5v6" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.5A8.3 8.3 0 0 1 9.5 4a8.3 8.3 0 1 0 10.5 10.5z" />
  </Icon>
);
export const AutoThemeIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 3.5v17a8.5 8.5 0 0 0 0-17z" fill="currentColor" />
  </Icon>
);
export const HelpIcon = () => (
  <Icon>
    <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
    <path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8.5 14h7" stroke-width="2" />
  </Icon>
);
export const PulseIcon = () => (
  <Icon>
    <path d="M3 12h4l2.5-6.5 5 13L17 12h4" />
  </Icon>
);
export const ExitIcon = () => (
  <Icon>
    <path d="M10 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20H10M15.5 8l4 4-4 4M19.5 12H9.5" />
  </Icon>
);
export const AlertIcon = () => (
  <Icon>
    <path d="M12 8v5M12 16.3v.1M10.4 3.9L2.9 17a1.9 1.9 0 0 0 1.6 2.8h15a1.9 1.9 0 0 0 1.6-2.8L13.6 3.9a1.9 1.9 0 0 0-3.2 0z" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M14.5 6l-6 6 6 6" />
  </Icon>
);
export const SpeakerIcon = () => (
  <Icon>
    <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3" />
  </Icon>
);
export const MoveIcon = () => (
  <Icon>
    <rect x="3.5" y="5" width="17" height="14" rx="2.5" />
    <path d="M13 12.5h5v4h-5z" fill="currentColor" />
    <path d="M10.5 10.5l-3-2.7M7.2 10.6V7.6h3" />
  </Icon>
);
export const LockIcon = () => (
  <Icon>
    <rect x="5" y="10.5" width="14" height="10" rx="2.5" />
    <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2" />
  </Icon>
);
export const InviteIcon = () => (
  <Icon>
    <circle cx="9.5" cy="8" r="3.5" />
    <path d="M3 19.5a6.5 6.5 0 0 1 11-4.7M18 13.5v7M14.5 17h7" />
  </Icon>
);
export const BanIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M6 6l12 12" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M12 3l7 2.5v6c0 4.5-3 7.8-7 9.5-4-1.7-7-5-7-9.5v-6zM9 12l2.2 2.2L15.2 10" />
  </Icon>
);
export const CrownIcon = () => (
  <Icon>
    <path d="M4 18.5h16M4.5 15L3.5 7l5 3.5L12 5l3.5 5.5 5-3.5-1 8z" />
  </Icon>
);
export const ChatOffIcon = () => (
  <Icon>
    <path d="M9 5h8.5A2.5 2.5 0 0 1 20 7.5v7c0 .6-.2 1.2-.6 1.6M16 17h-4l-4.5 3.5V17h-1A2.5 2.5 0 0 1 4 14.5v-7c0-.5.1-.9.3-1.3" />
    {slash}
  </Icon>
);
export const WaveIcon = () => (
  <Icon>
    <path d="M3 9.5c2-2 4-2 6 0s4 2 6 0 4-2 6 0M3 15c2-2 4-2 6 0s4 2 6 0 4-2 6 0" />
  </Icon>
);
export const AuditLogIcon = () => (
  <Icon>
    <path d="M9.5 6h10M9.5 12h10M9.5 18h6M5 6h.01M5 12h.01M5 18h.01" />
  </Icon>
);
